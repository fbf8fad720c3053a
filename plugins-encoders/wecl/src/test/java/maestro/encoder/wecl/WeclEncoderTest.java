package maestro.encoder.wecl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.pack.ModelPack;
import maestro.api.tensor.FloatTensor;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.contracts.VisualEncoderContract;
import maestro.tensor.BlockParameters;
import maestro.tensor.NetworkSources;
import maestro.tensor.checkpoint.Safetensors;
import maestro.tensor.checkpoint.Weight;
import maestro.tensor.onnx.OnnxEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole encoder at full width with two segments, the variant that only sees, weights by rule.
 */
class WeclEncoderTest extends VisualEncoderContract {
  @TempDir static Path folder;
  private static WeclEncoder encoder;
  private static TestPack pack;

  @BeforeAll
  static void open() {
    Map<String, Weight> weights = new LinkedHashMap<>();
    add(weights, CtenNetworkTest.filled(new SegmentNetwork(), ""));
    add(weights, CtenNetworkTest.filled(new EmotionNetwork(new EmotionSize(8, 2, 0)), ""));
    // Filled by rule, no segment gets attention; a bias gives each some.
    String bias = "module.ta_net.fc.bias";
    weights.put(bias, Weight.of(bias, FloatTensor.of(new float[] {1, 1}, 2)));
    Path file = folder.resolve("cten.safetensors");
    Safetensors.write(file, weights.values(), Map.of());
    pack = TestPack.of(WeclEncoder.NAME, file);
    encoder = new WeclEncoder(new OnnxEngine(0), null, 30, 8, false, false);
  }

  private static void add(Map<String, Weight> all, Map<String, Weight> some) {
    some.forEach((name, weight) -> all.put("module." + name, weight.named("module." + name)));
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
    NetworkSources sources = new WeclSource();
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
  void theFeatureIsALabelAndTheTimeLineHoldsProbabilities() {
    FilmFeature feature = encode(encoder, 60, 2);
    assertThat(feature.vector()).containsOnly(0, 1).contains(1);
    TimeLine timeLine = feature.timeLine().orElseThrow();
    assertThat(timeLine.rows()).isEqualTo(2);
    assertThat(timeLine.stepSeconds()).isEqualTo(1);
    assertThat(timeLine.channels()).hasSize(8).startsWith("anger").endsWith("trust");
    for (int row = 0; row < 2; row++) {
      double sum = 0;
      for (int emotion = 0; emotion < 8; emotion++) {
        sum += timeLine.at(row, emotion);
      }
      assertThat(sum).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  void aFilmThatLiesAboutItsLengthIsRemarkedOn() {
    TestRun run = new TestRun(7, pack);
    encode(encoder, 20, 100, run);
    assertThat(run.remarks()).singleElement().asString().startsWith("encoder.wecl: ");
  }

  @Test
  void anotherNumberOfEmotionsIsRefusedWithTheSettingToChange() {
    try (WeclEncoderCloser six = new WeclEncoderCloser(6)) {
      assertThatThrownBy(() -> encode(six.encoder, 20, 1))
          .isInstanceOf(MaestroException.class)
          .hasMessage(
              "encoder.wecl: the weights tell 8 emotions apart, the recipe expects 6; set classes"
                  + " to 8");
    }
    assertThatThrownBy(() -> new WeclEncoder(new OnnxEngine(0), null, 30, 8, false, true))
        .hasMessageContaining("sound is on");
  }

  private static FilmFeature encode(WeclEncoder encoder, int count, double seconds) {
    return encode(encoder, count, seconds, new TestRun(7, pack));
  }

  private static FilmFeature encode(WeclEncoder encoder, int count, double seconds, TestRun run) {
    int[] next = {0};
    return encoder.encode(
        new FilmClip(Path.of("f.mp4"), "00", 40, 30, 30, seconds, false),
        () -> {
          if (next[0] == count) {
            return null;
          }
          byte[] rgb = new byte[3 * 40 * 30];
          for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * (3 + next[0] / 20) / 7);
          }
          return new Frame(next[0]++ / 30.0, 40, 30, rgb);
        },
        run);
  }

  private static final class WeclEncoderCloser implements AutoCloseable {
    private final WeclEncoder encoder;

    WeclEncoderCloser(int classes) {
      encoder = new WeclEncoder(new OnnxEngine(0), null, 30, classes, false, false);
    }

    @Override
    public void close() {
      encoder.close();
    }
  }
}
