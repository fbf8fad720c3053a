package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.pack.ModelPack;
import maestro.api.run.Noise;
import org.junit.jupiter.api.Test;

/** What a host expects of every {@link FeatureFusion}. */
public abstract class FeatureFusionContract {
  /** The fusion under test. */
  protected abstract FeatureFusion fusion();

  /** Width of each encoder's feature the fusion is tried with, by encoder name. */
  protected abstract Map<String, Integer> widths();

  /** The pack a fusion with weights reads from; null for one without. */
  protected ModelPack pack() {
    return null;
  }

  @Test
  void fusesAllEncoders() {
    check(fuse(features()));
  }

  @Test
  void fusesEachEncoderAlone() {
    features().forEach((name, feature) -> check(fuse(Map.of(name, feature))));
  }

  @Test
  void saysTheSameTwice() {
    assertThat(fuse(features()).vector()).containsExactly(fuse(features()).vector());
  }

  @Test
  void theSharesOfTheEncodersSumToOne() {
    FilmCondition condition = fuse(features());
    if (!condition.weights().isEmpty()) {
      assertThat(condition.weights().keySet()).isEqualTo(widths().keySet());
      assertThat(condition.weights().values().stream().mapToDouble(w -> w).sum())
          .isCloseTo(1, within(1e-5));
    }
  }

  private FilmCondition fuse(Map<String, FilmFeature> features) {
    return fusion().fuse(features, new TestRun(7, pack()));
  }

  private Map<String, FilmFeature> features() {
    Map<String, FilmFeature> features = new LinkedHashMap<>();
    widths()
        .forEach(
            (name, width) ->
                features.put(name, FilmFeature.of(new Noise(7).gaussian(name, width))));
    return features;
  }

  private static void check(FilmCondition condition) {
    assertThat(condition.vector()).isNotEmpty();
    for (float value : condition.vector()) {
      assertThat(value).isFinite();
    }
  }
}
