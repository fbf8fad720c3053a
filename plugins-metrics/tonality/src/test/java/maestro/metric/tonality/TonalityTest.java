package maestro.metric.tonality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.contracts.FillRule;
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class TonalityTest extends MetricContract {
  private static final int RATE = 16_000;

  private static final int[][] REAL = {
    {36, 60, 64, 67}, {41, 60, 65, 69}, {43, 59, 62, 67}, {45, 60, 61, 62}
  };

  @Override
  protected Metric metric() {
    return new Tonality();
  }

  /** The chromagrams are librosa's chroma_stft, the rest was made with numpy. */
  @Test
  void hearsWhatLibrosaHears() {
    Harmony real = Harmony.of(chords(.02, "tonality:real", REAL));
    Harmony generated =
        Harmony.of(
            chords(
                .3, "tonality:generated", REAL[0], REAL[3], REAL[2], new int[] {41, 60, 65, 69}));
    assertThat(real.pitchClass())
        .containsExactly(
            0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 2,
            1, 1, 1, 1, 1, 1);
    assertThat(generated.agreement(real)).isCloseTo(17 / 35.0, within(1e-12));
    assertThat(real.bassClarity()).isCloseTo(25 / 35.0, within(1e-12));
    assertThat(generated.bassClarity()).isCloseTo(21 / 35.0, within(1e-12));
    assertThat(real.chordClarity()).isCloseTo(.21136841332586678, within(1e-5));
    assertThat(generated.chordClarity()).isCloseTo(.16714058918938174, within(1e-5));
  }

  @Test
  void aChordIsClearAsFarAsItIsATriad() {
    assertThat(clarity(0, 4, 7)).isCloseTo(4 / 9.0, within(1e-12));
    assertThat(clarity(2, 5, 9)).isCloseTo(4 / 9.0, within(1e-12));
    assertThat(clarity(0, 7)).isCloseTo(.25819889, within(1e-8));
    assertThat(clarity(0, 4, 7, 10)).isCloseTo(.27216553, within(1e-8));
    assertThat(clarity(3)).isCloseTo(0, within(1e-12));
    assertThat(clarity(0, 1, 2)).isCloseTo(-4 / 9.0, within(1e-12));
    assertThat(clarity()).isZero();
    double[] drawn = FillRule.rnd("triads", 12);
    for (int c = 0; c < 12; c++) {
      drawn[c] = (drawn[c] + 1) / 2;
    }
    assertThat(Triads.clarity(drawn)).isCloseTo(-.1448163, within(1e-7));
  }

  /** Two notes a semitone apart at 65 and 69 Hz, which a window of 2048 samples cannot tell. */
  @Test
  void tellsSemitonesOfTheBassApart() {
    Harmony low = Harmony.of(chords(0, "", new int[] {36}, new int[] {37}));
    assertThat(low.pitchClass()[0]).isZero();
    assertThat(low.pitchClass()[low.frames() - 1]).isEqualTo(1);
  }

  @Test
  void noiseHasNoClearBass() {
    Sound noise = Sound.mono(new Noise(3).gaussian("noise", 5 * RATE), RATE);
    assertThat(Harmony.of(noise).bassClarity()).isZero();
    Sound high = chords(0, "", new int[] {84, 88, 91});
    assertThat(Harmony.of(high).bassClarity()).isZero();
  }

  @Test
  void levelMakesNoDifference() {
    Sound sound = chords(.02, "tonality:real", REAL);
    float[] soft = sound.channels()[0].clone();
    for (int n = 0; n < soft.length; n++) {
      soft[n] *= .125f;
    }
    Harmony loud = Harmony.of(sound);
    assertThat(Harmony.of(Sound.mono(soft, RATE)).chordClarity())
        .isCloseTo(loud.chordClarity(), within(1e-9));
    assertThat(Harmony.of(Sound.mono(soft, RATE)).agreement(loud)).isEqualTo(1);
  }

  @Test
  void leavesOutWhatIsSilentOrShortOrHasNoReference() {
    Sound chord = chords(0, "", REAL[0]);
    List<Measurement> figures =
        metric()
            .summarise(
                List.of(
                    sample("a", chord, Optional.of(chord)),
                    sample("b", chord, Optional.empty()),
                    sample("c", Sound.mono(new float[RATE], RATE), Optional.of(chord)),
                    sample("d", Sound.mono(new float[100], RATE), Optional.of(chord))),
                new TestRun());
    // Silence where there should be a chord is wrong; nothing can be compared with the short one.
    assertThat(figures.get(0).value()).isEqualTo(50);
    assertThat(figures.get(0).note()).startsWith("2 of 4 clips left out, which have no real music");
    assertThat(figures.get(1).value()).isEqualTo(100);
    assertThat(figures.get(1).note())
        .isEqualTo("2 of 4 clips left out, which are silent or shorter than 0.51 s");
    assertThat(metric().summarise(List.of(sample("b", chord, Optional.empty())), new TestRun()))
        .first()
        .satisfies(figure -> assertThat(figure.note()).startsWith("all clips have no real music"));
  }

  @Test
  void refusesSamplesThatAreNoNumbers() {
    float[] broken = new float[RATE];
    broken[RATE / 2] = Float.NaN;
    assertThatThrownBy(() -> sample("x", Sound.mono(broken, RATE), Optional.empty()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("the sample at 0.500 s is not a finite number");
  }

  private MetricSample sample(String id, Sound generated, Optional<Sound> reference) {
    MetricItem item = new MetricItem(id, generated, reference, Map.of(), Optional.empty());
    return new MetricSample(id, Optional.empty(), metric().sample(item, new TestRun()));
  }

  private static double clarity(int... classes) {
    double[] chroma = new double[12];
    for (int c : classes) {
      chroma[c] = 1;
    }
    return Triads.clarity(chroma);
  }

  /** A chord a second, each note a MIDI number with six harmonics, over noise. */
  private static Sound chords(double noise, String name, int[]... chords) {
    double[] samples = FillRule.rnd(name, chords.length * RATE);
    float[] sound = new float[samples.length];
    for (int n = 0; n < samples.length; n++) {
      double sum = noise * samples[n];
      for (int note : chords[n / RATE]) {
        double hz = 440 * Math.pow(2, (note - 69) / 12.0);
        for (int h = 1; h <= 6 && h * hz < 7000; h++) {
          sum += .1 / h * Math.sin(2 * Math.PI * h * hz * (n % RATE) / RATE);
        }
      }
      sound[n] = (float) sum;
    }
    return Sound.mono(sound, RATE);
  }
}
