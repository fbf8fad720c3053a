package maestro.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maestro.api.MaestroException;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.contracts.FillRule;
import org.junit.jupiter.api.Test;

final class WaveformsTest {
  @Test
  void inferenceLeavesAPeakOfOneHalf() {
    float[] x = FillRule.rndFloats("clip", 44_100);
    for (int n = 0; n < x.length; n++) {
      x[n] = 0.1f * x[n] + 0.3f;
    }
    float[] y = Waveforms.forInference(Sound.mono(x, 44_100), 16_000, 20_000, Downmix.FIRST);
    assertThat(y).hasSize(20_000);
    assertThat(Waveforms.peak(y)).isCloseTo(0.5, within(1e-6));
    assertThat(y[19_999]).isZero();
    double mean = 0;
    for (float value : y) {
      mean += value / 20_000;
    }
    assertThat(mean).isCloseTo(0, within(1e-3));
  }

  @Test
  void silenceStaysSilent() {
    Sound silence = Sound.mono(new float[8000], 16_000);
    assertThat(Waveforms.forInference(silence, 16_000, 160, Downmix.FIRST)).containsOnly(0f);
    assertThat(Waveforms.forTraining(silence, 16_000, 160, Downmix.MEAN, new Noise(1), "s"))
        .containsOnly(0f);
  }

  @Test
  void trainingDrawsUntilItHearsSomething() {
    float[] x = new float[160_000];
    for (int n = 40_000; n < 120_000; n++) {
      x[n] = (float) Math.sin(0.3 * n);
    }
    Sound sound = Sound.mono(x, 16_000);
    for (int seed = 0; seed < 20; seed++) {
      float[] y =
          Waveforms.forTraining(sound, 16_000, 16_000, Downmix.FIRST, new Noise(seed), "cut");
      assertThat(y).hasSize(16_000);
      assertThat(Waveforms.peak(y)).isCloseTo(0.5, within(1e-6));
    }
    assertThat(Waveforms.forTraining(sound, 16_000, 16_000, Downmix.FIRST, new Noise(1), "cut"))
        .containsExactly(
            Waveforms.forTraining(sound, 16_000, 16_000, Downmix.FIRST, new Noise(1), "cut"));
  }

  @Test
  void meanOfChannelsIsTheirMean() {
    Sound stereo = new Sound(new float[][] {{1, 2}, {3, -2}}, 16_000);
    assertThat(Downmix.FIRST.apply(stereo)).containsExactly(1, 2);
    assertThat(Downmix.MEAN.apply(stereo)).containsExactly(2, 0);
  }

  @Test
  void aSoundOnTheRightSideOnlyIsHeard() {
    Sound right = new Sound(new float[][] {{0, 1e-5f}, {0.5f, -0.25f}}, 16_000);
    assertThat(Downmix.FIRST.apply(right)).containsExactly(Downmix.MEAN.apply(right));
    Sound left = new Sound(new float[][] {{0.5f, -0.25f}, {0, 0}}, 16_000);
    assertThat(Downmix.FIRST.apply(left)).containsExactly(0.5f, -0.25f);
    Sound silent = new Sound(new float[][] {{1e-5f, 0}, {0, 0}}, 16_000);
    assertThat(Downmix.FIRST.apply(silent)).containsExactly(1e-5f, 0);
  }

  @Test
  void metricsHearTheMeanOfAllChannels() {
    Sound stereo = new Sound(new float[][] {{1, 2}, {3, -2}}, 16_000);
    assertThat(Waveforms.mono(stereo, 16_000)).containsExactly(2, 0);
    assertThat(Waveforms.mono(stereo, 8_000)).hasSize(1);
  }

  @Test
  void refusesSamplesThatAreNoNumbers() {
    Sound broken = Sound.mono(new float[] {0, 0, Float.POSITIVE_INFINITY, 0}, 4_000);
    assertThatThrownBy(() -> Waveforms.mono(broken, 16_000))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("sample at 0.001 s is not a finite number");
  }
}
