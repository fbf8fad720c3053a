package maestro.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maestro.api.MaestroException;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.contracts.FillRule;
import org.junit.jupiter.api.Test;

/** Numbers of librosa 0.11 for AudioLDM's front end. */
final class LogMelTest {
  @Test
  void filterBankIsSlaneys() {
    FilterBank bank = MelFilterBank.slaney(16_000, 1024, 64, 0, 8000);
    double sum = 0;
    for (double[] row : bank.matrix()) {
      for (double weight : row) {
        sum += weight;
      }
    }
    assertThat(sum).isCloseTo(4.095880160968865, within(1e-9));
    double[] first = {0, .00725564, .01451128, .02133115, .01407551, .00681987, 0};
    for (int k = 0; k < first.length; k++) {
      assertThat(bank.weight(0, k)).isCloseTo(first[k], within(1e-8));
    }
    assertThat(bank.weight(31, 100)).isZero();
    assertThat(bank.weight(31, 101)).isPositive();
    assertThat(bank.weight(31, 110)).isPositive();
    assertThat(bank.weight(31, 111)).isZero();
    assertThat(bank.weight(63, 488)).isCloseTo(.00273002, within(1e-8));
  }

  @Test
  void hearsATone() {
    Mel mel = new LogMel().mel(tone(163_840));
    assertThat(mel.frames()).isEqualTo(1024);
    int[] bands = {0, 5, 8, 9, 10, 11, 12, 20, 40, 63};
    double[] middle = {
      -10.18285, -6.69374, 1.08576, .979867, -3.50170, -5.60209, -6.70914, -10.30915, -11.51293,
      -11.51293
    };
    for (int i = 0; i < bands.length; i++) {
      assertThat((double) mel.values()[512 * 64 + bands[i]]).isCloseTo(middle[i], within(1e-3));
    }
    double[] first = {1.266054, 1.204254, .165379, -.500460};
    for (int i = 0; i < 4; i++) {
      assertThat((double) mel.values()[8 + i]).isCloseTo(first[i], within(1e-5));
    }
  }

  @Test
  void framesLieAsInTheInferenceCodeWhenAsked() {
    Mel mel = new LogMel("center", "first").mel(tone(163_840));
    assertThat(mel.frames()).isEqualTo(1024);
    assertThat((double) mel.values()[512 * 64 + 8]).isCloseTo(1.085763, within(1e-5));
  }

  @Test
  void silenceIsTheFloor() {
    for (float value : new LogMel().mel(new float[1600]).values()) {
      assertThat(value).isEqualTo(-11.512925f);
    }
  }

  @Test
  void takesAnyRateAndLength() {
    for (int length : new int[] {1, 2, 159, 160, 161, 5000}) {
      assertThat(new LogMel().mel(tone(length)).frames()).isEqualTo((length + 159) / 160);
    }
    float[] left = FillRule.rndFloats("left", 44_100);
    Sound stereo = new Sound(new float[][] {left, new float[44_100]}, 44_100);
    assertThat(new LogMel().mel(stereo).frames()).isEqualTo(100);
    assertThat(new LogMel().mel(stereo).values())
        .containsExactly(new LogMel().mel(Sound.mono(left, 44_100)).values());
    assertThat(new LogMel("training", "mean").mel(stereo).values())
        .isNotEqualTo(new LogMel().mel(stereo).values());
    assertThatThrownBy(() -> new LogMel().mel(Sound.mono(new float[0], 16_000)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("empty");
  }

  @Test
  void refusesUnknownSettings() {
    assertThatThrownBy(() -> new LogMel("centre", "first"))
        .isInstanceOf(MaestroException.class)
        .hasMessage("signal: setting melPadding is 'centre'; set it to training or center");
  }

  private static float[] tone(int length) {
    float[] samples = new float[length];
    for (int n = 0; n < length; n++) {
      samples[n] = (float) (0.5 * Math.sin(2 * Math.PI * 440 * n / 16_000.0));
    }
    return samples;
  }
}
