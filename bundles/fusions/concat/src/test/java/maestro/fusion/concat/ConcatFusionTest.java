package maestro.fusion.concat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmFeature;
import maestro.contracts.FeatureFusionContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class ConcatFusionTest extends FeatureFusionContract {
  @Override
  protected FeatureFusion fusion() {
    return new ConcatFusion(512);
  }

  @Override
  protected Map<String, Integer> widths() {
    return Map.of("encoder.clip", 512, "encoder.tavar", 512, "encoder.cinematic", 20);
  }

  @Test
  void laysFeaturesEndToEndAndFoldsThem() {
    Map<String, FilmFeature> features = new LinkedHashMap<>();
    features.put("encoder.a", FilmFeature.of(3, 4));
    features.put("encoder.b", FilmFeature.of(0, 2));
    assertThat(new ConcatFusion(4).fuse(features, new TestRun()).vector())
        .containsExactly(
            new float[] {
              0.6f / (float) Math.sqrt(2), 0.8f / (float) Math.sqrt(2), 0, 1 / (float) Math.sqrt(2)
            },
            within(1e-6f));
    float length = (float) Math.sqrt(1.6 * 1.6 + 0.8 * 0.8); // the last 1 falls on the 0.6
    assertThat(new ConcatFusion(3).fuse(features, new TestRun()).vector())
        .containsExactly(new float[] {1.6f / length, 0.8f / length, 0}, within(1e-6f));
  }

  @Test
  void aFilmOfNothingIsNotDividedByZero() {
    assertThat(
            new ConcatFusion(2)
                .fuse(Map.of("encoder.a", FilmFeature.of(0, 0)), new TestRun())
                .vector())
        .containsExactly(0, 0);
  }
}
