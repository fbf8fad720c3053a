package maestro.metric.themes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.sound.Sound;
import maestro.contracts.FillRule;
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

/** Values made with numpy on the chromagrams of librosa. */
final class ThemesTest extends MetricContract {
  private static final int RATE = 16_000;
  private static final int[] A = {60, 62, 67, 65, 64, 69, 71, 66};
  private static final int[] B = {61, 68, 63, 70, 62, 69, 65, 60};
  private static final int[] C = {70, 66, 64, 61, 67, 63, 68, 71};
  private static final int[] A_BACKWARDS = {66, 71, 69, 64, 65, 67, 62, 60};
  private static final int[] ONE_NOTE = {60, 60, 60, 60, 60, 60, 60, 60};

  @Override
  protected Metric metric() {
    return new Themes();
  }

  @Override
  protected int seconds() {
    return 14;
  }

  @Test
  void aThemeThatReturnsIsHeard() {
    assertThat(Themes.themeReturn(melody("ABA", A, B, A)))
        .isCloseTo(.203315108206204, within(1e-5));
    assertThat(Themes.themeReturn(melody("ABAB", A, B, A, B)))
        .isCloseTo(.427201779498883, within(1e-5));
    assertThat(Themes.themeReturn(melody("ABC", A, B, C)))
        .isCloseTo(-.030929994674773024, within(1e-5));
  }

  @Test
  void theSameNotesBackwardsAreNoReturn() {
    assertThat(Themes.themeReturn(melody("ABAr", A, B, A_BACKWARDS)))
        .isCloseTo(-.29463058058721475, within(1e-5));
  }

  @Test
  void textureAloneIsNoReturn() {
    assertThat(Themes.themeReturn(melody("AA8", ONE_NOTE, ONE_NOTE, ONE_NOTE)))
        .isCloseTo(.0001797275250935238, within(1e-6));
    Sound noise = Sound.mono(FillRule.rndFloats("themes:noise", 40 * RATE), RATE);
    assertThat(Themes.themeReturn(noise)).isCloseTo(-.0005004217084323502, within(1e-6));
  }

  @Test
  void agreesWithTheWholeMatrix() {
    double[] drawn = FillRule.rnd("themes:frames", 70 * 3);
    double[][] frames = new double[70][3];
    for (int t = 0; t < 70; t++) {
      double squares = 0;
      for (int c = 0; c < 3; c++) {
        squares += drawn[3 * t + c] * drawn[3 * t + c];
      }
      for (int c = 0; c < 3; c++) {
        frames[t][c] = drawn[3 * t + c] / Math.sqrt(squares);
      }
    }
    assertThat(SelfSimilarity.themeReturn(frames, 3))
        .isCloseTo(-.004309020203374606, within(1e-12));
    assertThat(SelfSimilarity.themeReturn(frames, 5)).isCloseTo(-.03941502328053449, within(1e-12));
    assertThat(SelfSimilarity.themeReturn(frames, 8))
        .isCloseTo(.0037401671460477997, within(1e-12));
  }

  @Test
  void silentAndShortClipsAreLeftOut() {
    List<MetricSample> samples =
        List.of(
            sample("a", melody("ABA", A, B, A)),
            sample("b", Sound.mono(new float[20 * RATE], RATE)),
            sample("c", melody("A", A)));
    Measurement figure = metric().summarise(samples, new TestRun()).get(0);
    assertThat(figure.value()).isCloseTo(.2033, within(1e-4));
    assertThat(figure.count()).isEqualTo(1);
    assertThat(figure.note())
        .isEqualTo("2 of 3 clips left out, which are silent or shorter than 12.4 s");
  }

  private MetricSample sample(String id, Sound sound) {
    MetricItem item = new MetricItem(id, sound, Optional.empty(), Map.of(), Optional.empty());
    return new MetricSample(id, Optional.empty(), metric().sample(item, new TestRun()));
  }

  /** A note a second, MIDI numbers with six harmonics, over noise. */
  private static Sound melody(String name, int[]... themes) {
    double[] noise = FillRule.rnd("themes:" + name, themes.length * 8 * RATE);
    float[] sound = new float[noise.length];
    for (int n = 0; n < noise.length; n++) {
      int second = n / RATE;
      double hz = 440 * Math.pow(2, (themes[second / 8][second % 8] - 69) / 12.0);
      double sum = .01 * noise[n];
      for (int h = 1; h <= 6 && h * hz < 7000; h++) {
        sum += .1 / h * Math.sin(2 * Math.PI * h * hz * (n % RATE) / RATE);
      }
      sound[n] = (float) sum;
    }
    return Sound.mono(sound, RATE);
  }
}
