package maestro.encoder.wecl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.media.MediaReader;
import maestro.api.pack.ModelPack;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.contracts.FillRule;
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
    add(
        weights,
        CtenNetworkTest.filled(
            new EmotionNetwork(new EmotionSize(8, 2, SegmentNetwork.STEM, 0)), ""));
    giveAttention(weights);
    Path file = folder.resolve("cten.safetensors");
    Safetensors.write(file, weights.values(), Map.of());
    pack = TestPack.of(WeclEncoder.NAME, file);
    encoder = new WeclEncoder(new OnnxEngine(0), null, 30, 8, false, false);
  }

  /** The variant with sound: what it hears is the film's own sound, of the piece it looks at. */
  @Test
  void hearsTheSoundOfThePieceItSeesWhenToldTo() {
    Map<String, Weight> weights = new LinkedHashMap<>();
    EmotionSize hearing = new EmotionSize(8, 2, SegmentNetwork.STEM, 2048);
    add(weights, CtenNetworkTest.filled(new SegmentNetwork(), ""));
    add(weights, CtenNetworkTest.filled(new EmotionNetwork(hearing), ""));
    giveAttention(weights);
    Path file = folder.resolve("cten-with-sound.safetensors");
    Safetensors.write(file, weights.values(), Map.of());
    TestPack withSound = TestPack.of(WeclEncoder.NAME, file);
    List<String> heard = new ArrayList<>();
    MediaReader media =
        new SoundOnly() {
          @Override
          public Sound sound(Path film) {
            throw new AssertionError("only the piece is heard");
          }

          @Override
          public Sound sound(Path film, double from, double seconds) {
            heard.add(film + " " + from + " " + seconds);
            return Sound.mono(FillRule.rndFloats("from " + from, 32_000), 16_000);
          }
        };
    FilmClip film = new FilmClip(Path.of("f.mp4"), "00", 40, 30, 30, 60, true);
    TestRun run = new TestRun(7, withSound);
    try (WeclEncoderCloser deaf = new WeclEncoderCloser(media, true, false);
        WeclEncoderCloser hears = new WeclEncoderCloser(media, true, true)) {
      float[] silent = encode(deaf.encoder, 60, film.piece(10, 2), run).vector();
      assertThat(heard).isEmpty();
      float[] first = encode(hears.encoder, 60, film.piece(10, 2), run).vector();
      float[] second = encode(hears.encoder, 60, film.piece(20, 2), run).vector();
      assertThat(heard).containsExactly("f.mp4 10.0 2.0", "f.mp4 20.0 2.0");
      assertThat(first).isNotEqualTo(silent);
      assertThat(second).isNotEqualTo(first);
      assertThat(encode(hears.encoder, 60, film.piece(10, 2), run).vector()).isEqualTo(first);
    }
    FilmClip mute = new FilmClip(Path.of("f.mp4"), "00", 40, 30, 30, 2, false);
    heard.clear();
    try (WeclEncoderCloser hears = new WeclEncoderCloser(media, true, true)) {
      encode(hears.encoder, 60, mute, run);
      assertThat(heard).isEmpty();
    }
    try (WeclEncoderCloser hears = new WeclEncoderCloser(media, true, true)) {
      TestRun seeing = new TestRun(7, pack);
      encode(hears.encoder, 60, film.piece(10, 2), seeing);
      assertThat(seeing.remarks())
          .containsExactly(
              "encoder.wecl: sound is on, but the weights are of the variant that only sees");
    }
  }

  private abstract static class SoundOnly implements MediaReader {
    @Override
    public FilmClip probe(Path film) {
      throw new AssertionError("no film is looked at here");
    }

    @Override
    public void read(FilmClip clip, List<Subscription> subscriptions, RunContext run) {
      throw new AssertionError("no film is read here");
    }
  }

  /** Filled by rule, no segment gets attention; a bias gives each some. */
  private static void giveAttention(Map<String, Weight> weights) {
    String bias = "module.ta_net.fc.bias";
    weights.put(bias, Weight.of(bias, FloatTensor.of(new float[] {1, 1}, 2)));
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
    FilmClip clip = new FilmClip(Path.of("f.mp4"), "00", 40, 30, 30, seconds, false);
    return encode(encoder, count, clip, run);
  }

  private static FilmFeature encode(WeclEncoder encoder, int count, FilmClip clip, TestRun run) {
    int[] next = {0};
    return encoder.encode(
        clip,
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

    WeclEncoderCloser(MediaReader media, boolean softmax, boolean sound) {
      encoder = new WeclEncoder(new OnnxEngine(0), media, 30, 8, softmax, sound);
    }

    WeclEncoderCloser(int classes) {
      encoder = new WeclEncoder(new OnnxEngine(0), null, 30, classes, false, false);
    }

    @Override
    public void close() {
      encoder.close();
    }
  }
}
