package maestro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import maestro.affect.AffectScale;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.pack.PackPart;
import maestro.api.sound.Sound;
import maestro.contracts.TestPack;
import maestro.contracts.TestSounds;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import maestro.signal.LogMel;
import maestro.training.corpus.Corpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A composer who is quiet and writes few notes beside one who is loud and writes many. */
class ComposerMeasurementsTest {
  private static final int SECONDS = 8;

  @TempDir Path folder;

  private static final TestPack PACK =
      TestPack.of(
          new PackPart(
              "fusion.laff",
              null,
              "",
              Map.of(
                  "affect",
                  Map.of("music", scale()),
                  "encoders",
                  Map.of("source.composer", Map.of("labels", List.of("satie", "wagner"))))),
          new PackPart(
              "branch",
              null,
              "",
              Map.of("controls", Map.of("dynamics", Map.of("mean", 40, "deviation", 10)))));

  private static Map<String, List<Double>> scale() {
    List<double[]> music = new ArrayList<>();
    for (int i = 0; i <= 10; i++) {
      music.add(new double[] {-10 + 2 * i, i / 10.0, i / 10.0, i / 10.0, i / 10.0});
    }
    return AffectScale.of(music).toJson();
  }

  private Corpus corpus(String one, String other) throws IOException {
    List<Clip> clips = new ArrayList<>();
    for (String name : List.of("satie", "wagner", "later")) {
      Clip clip = new Clip();
      clip.id = name;
      clip.audio = name;
      clip.composer = name.equals("satie") ? one : other;
      clip.split = name.equals("later") ? "test" : "train";
      Files.writeString(folder.resolve(name), name);
      clips.add(clip);
    }
    Manifest.write(folder.resolve("m.jsonl"), clips);
    return Corpus.open(
        folder.resolve("m.jsonl"),
        folder,
        folder.resolve("kept"),
        new Corpus.Ears(
            new TestSounds(ComposerMeasurementsTest::sound),
            new LogMel(),
            Map.of(
                // up from silence by 0.05 dB a frame, and a rest that is no level of theirs
                "dynamics", new Curve(loud -> t -> t < 40 ? -100 : (loud ? 40 : 20) + t / 100.0),
                "onsets", new Curve(loud -> t -> t % (loud ? 50 : 200) == 10 ? 1 : 0)),
            Map.of()),
        track -> {});
  }

  @Test
  void eachComposerIsHeardInTheScalesOfThePack() throws IOException {
    List<String> heard = new ArrayList<>();
    Map<String, Map<String, Object>> parts =
        new ComposerMeasurements(PACK).of(corpus("satie", "wagner"), heard::add);
    assertThat(heard).containsExactly("satie", "wagner");
    assertThat(parts)
        .containsOnlyKeys("encoder.affect", "control.dynamics", "control.melody", "control.onsets");
    double[] quiet = energy(parts, "satie");
    double[] loud = energy(parts, "wagner");
    assertThat(quiet).hasSize(9).isSorted();
    assertThat(loud[0]).isGreaterThan(quiet[8]);
    assertThat(loud[8]).isLessThanOrEqualTo(1);
    assertThat(figure(parts, "control.dynamics", "satie", "level")).isCloseTo(-1.6, within(0.05));
    assertThat(figure(parts, "control.dynamics", "wagner", "level")).isCloseTo(0.4, within(0.05));
    // a rest of 5 % moves the quantiles by little: 8 dB · 0.65 / 2 / 10
    assertThat(figure(parts, "control.dynamics", "wagner", "deviation"))
        .isCloseTo(0.27, within(0.02));
    // 16 and 4 in as many frames: 10 is the usual
    assertThat(figure(parts, "control.onsets", "wagner", "onsets")).isCloseTo(1.6, within(1e-9));
    assertThat(figure(parts, "control.melody", "satie", "onsets")).isCloseTo(0.4, within(1e-9));
  }

  @Test
  void aPackWithoutScalesIsRefused() {
    assertThatThrownBy(
            () -> new ComposerMeasurements(TestPack.of(PACK.part("branch").orElseThrow())))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("does not say by which scales");
  }

  @Test
  void composersThePackDoesNotKnowAreRefused() throws IOException {
    Corpus strangers = corpus("satie", "ravel");
    assertThatThrownBy(() -> new ComposerMeasurements(PACK).of(strangers, composer -> {}))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("its composers are [ravel, satie]");
    Corpus nobody = corpus(null, null);
    assertThatThrownBy(() -> new ComposerMeasurements(PACK).of(nobody, composer -> {}))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("its composers are []");
  }

  private static Map<?, ?> of(Map<String, Map<String, Object>> parts, String part, String name) {
    return (Map<?, ?>) ((Map<?, ?>) parts.get(part).get("composers")).get(name);
  }

  private static double[] energy(Map<String, Map<String, Object>> parts, String composer) {
    return AffectScale.of(of(parts, "encoder.affect", composer)).quantiles()[0];
  }

  private static double figure(
      Map<String, Map<String, Object>> parts, String part, String composer, String name) {
    return ((Number) of(parts, part, composer).get(name)).doubleValue();
  }

  /** A curve by whether the sound is loud. */
  private record Curve(java.util.function.Function<Boolean, IntToDoubleFunction> of)
      implements StyleControl {
    @Override
    public int channels() {
      return 1;
    }

    @Override
    public ControlSignal extract(Sound sound, FrameGrid grid) {
      boolean loud = sound.channels()[0][10] > 0.1;
      float[] values = new float[grid.frames()];
      for (int t = 0; t < values.length; t++) {
        values[t] = (float) of.apply(loud).applyAsDouble(t);
      }
      return new ControlSignal(grid.frames(), 1, values);
    }
  }

  private static Sound sound(Path file) {
    float[] samples = new float[SECONDS * 16_000];
    for (int i = 0; i < samples.length; i++) {
      double height = file.endsWith("satie") ? 0.001 : 0.5;
      samples[i] = (float) (height * Math.sin(2 * Math.PI * 400 * i / 16_000));
    }
    return Sound.mono(samples, 16_000);
  }
}
