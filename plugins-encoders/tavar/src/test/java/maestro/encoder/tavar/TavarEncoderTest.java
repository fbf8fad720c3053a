package maestro.encoder.tavar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.pack.ModelPack;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.contracts.VisualEncoderContract;
import maestro.tensor.BlockParameters;
import maestro.tensor.NetworkSources;
import maestro.tensor.onnx.OnnxEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole encoder at full size, weights by rule, under DataParallel's names. */
class TavarEncoderTest extends VisualEncoderContract {
  @TempDir static Path folder;
  private static TavarEncoder encoder;
  private static TestPack pack;

  @BeforeAll
  static void open() {
    Map<String, Weight> weights = new LinkedHashMap<>();
    TavarNetworkTest.filled(new FrameNetwork())
        .forEach((name, weight) -> weights.put(name, weight.named("module." + name)));
    TavarNetworkTest.filled(new BilevelReasoning())
        .forEach((name, weight) -> weights.put(name, weight.named("module." + name)));
    Path file = folder.resolve("tavar.safetensors");
    Safetensors.write(file, weights.values(), Map.of());
    pack = TestPack.of(TavarEncoder.NAME, file);
    encoder = new TavarEncoder(new OnnxEngine(0), 1, "published", false);
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  @Override
  protected VisualEncoder encoder() {
    return encoder;
  }

  @Override
  protected ModelPack pack() {
    return pack;
  }

  @Test
  void itsNetworksCanBeTakenFromAPackByThemselves() {
    NetworkSources sources = new TavarSource();
    assertThat(sources.networks()).hasSize(2);
    for (String name : sources.networks()) {
      NetworkSources.Sized sized = sources.network(name, pack);
      assertThat(sized.source().weights().keySet())
          .containsAll(BlockParameters.byName(sized.source().block().get()).keySet());
      assertThat(sized.shapes().values()).allSatisfy(shape -> assertThat(shape).doesNotContain(-1));
    }
    assertThatThrownBy(() -> sources.network(sources.networks().get(0), TestPack.of()))
        .hasMessageContaining("maestro packs assemble");
  }

  @Test
  void eachFrameHasARowOfTheTimeLine() {
    FilmFeature feature = encode(encoder, 3);
    TimeLine timeLine = feature.timeLine().orElseThrow();
    assertThat(timeLine.rows()).isEqualTo(3);
    assertThat(timeLine.stepSeconds()).isEqualTo(1);
    for (int row = 0; row < 3; row++) {
      double themes = 0;
      for (int theme = 6; theme < 12; theme++) {
        themes += timeLine.at(row, theme);
      }
      assertThat(themes).isCloseTo(1, within(1e-5));
      assertThat(timeLine.at(row, 12)).isNotNegative();
    }
    assertThat(timeLine.at(0, 0)).isNotEqualTo(timeLine.at(1, 0));
  }

  @Test
  void refusesACropItDoesNotKnow() {
    assertThatThrownBy(() -> new TavarEncoder(new OnnxEngine(0), 1, "square", false))
        .hasMessage("encoder.tavar: illegal crop: square; set published or none");
  }

  private static FilmFeature encode(TavarEncoder encoder, int count) {
    int[] next = {0};
    return encoder.encode(
        new FilmClip(Path.of("f.mp4"), "00", 64, 48, 1, count, false),
        () -> {
          if (next[0] == count) {
            return null;
          }
          byte[] rgb = new byte[3 * 64 * 48];
          for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * (3 + next[0]) / 7);
          }
          return new Frame(next[0]++, 64, 48, rgb);
        },
        new TestRun(7, pack));
  }
}
