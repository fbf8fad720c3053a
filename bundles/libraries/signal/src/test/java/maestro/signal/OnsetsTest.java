package maestro.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import maestro.contracts.FillRule;
import org.junit.jupiter.api.Test;

/** Numbers of librosa. */
final class OnsetsTest {
  @Test
  void findsLibrosasOnsets() {
    double[] strength = Onsets.strength(FillRule.onsetBursts(), Padding.REFLECT);
    assertThat(strength).hasSize(216);
    assertThat(Onsets.normalise(strength)).isTrue();
    int[] frames = {22, 55, 83, 134, 145, 190};
    double[] expected = {.7853, .8861, .9306, .5165, 1, .7086};
    assertThat(Onsets.pick(strength, Onsets.Peaks.LORIS)).containsExactly(frames);
    for (int i = 0; i < frames.length; i++) {
      assertThat(strength[frames[i]]).isCloseTo(expected[i], within(1e-4));
    }
  }

  /** onset_detect of librosa 0.11 with its usual settings. */
  @Test
  void detectsAsLibrosaUsuallyDoes() {
    assertThat(Onsets.detect(FillRule.onsetBursts(), Padding.ZERO, Onsets.Peaks.LIBROSA))
        .containsExactly(22, 55, 82, 134, 145, 190);
  }

  @Test
  void picksLibrosasPeaks() {
    double[] x = FillRule.rnd("peak:x", 80);
    for (int i = 0; i < x.length; i++) {
      x[i] = (x[i] + 1) / 2;
    }
    assertThat(Onsets.pick(x, Onsets.Peaks.LORIS))
        .containsExactly(0, 6, 15, 20, 24, 28, 32, 37, 42, 48, 54, 63, 67, 72, 79);
    assertThat(Onsets.pick(x, Onsets.Peaks.D2M))
        .containsExactly(5, 11, 15, 24, 28, 30, 32, 37, 41, 48, 51, 54, 56, 61, 72, 78);
    assertThat(Onsets.pick(x, new Onsets.Peaks(3, 3, 3, 3, .05, 5)))
        .containsExactly(0, 6, 15, 24, 32, 42, 48, 54, 63, 72, 79);
    double[] smooth = new double[80];
    for (int i = 0; i < 80; i++) {
      smooth[i] = ((i > 0 ? x[i - 1] : 0) + x[i] + (i < 79 ? x[i + 1] : 0)) / 3;
    }
    assertThat(Onsets.pick(smooth, Onsets.Peaks.LORIS)).containsExactly(42, 62);
    assertThat(Onsets.pick(smooth, Onsets.Peaks.D2M)).isEmpty();
    assertThat(Onsets.pick(smooth, new Onsets.Peaks(3, 3, 3, 3, .05, 1)))
        .containsExactly(1, 7, 14, 27, 33, 42, 48, 57, 62, 78);
  }
}
