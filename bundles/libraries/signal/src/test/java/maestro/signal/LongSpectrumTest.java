package maestro.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import maestro.api.sound.Sound;
import maestro.contracts.FillRule;
import org.junit.jupiter.api.Test;

final class LongSpectrumTest {
  private static final int RATE = LongSpectrum.SAMPLE_RATE_HZ;

  /** Seventy frames are more than are transformed at once; each is that of {@link Stft}. */
  @Test
  void framesAreThoseOfTheTransform() {
    int hop = 500;
    float[] samples = FillRule.rndFloats("long", LongSpectrum.WINDOW + 69 * hop + 17);
    Sound sound = Sound.mono(samples, RATE);
    double[] expected = new Stft(LongSpectrum.WINDOW, hop).spectrum(samples, Stft.Spectrum.POWER);
    List<Integer> seen = new ArrayList<>();
    LongSpectrum spectrum = new LongSpectrum(hop);
    spectrum.forEach(
        sound,
        (t, power) -> {
          seen.add(t);
          for (int k = 0; k < LongSpectrum.BINS; k += 97) {
            assertThat(power[k]).isCloseTo(expected[t * LongSpectrum.BINS + k], within(1e-9));
          }
        });
    assertThat(seen).hasSize(70).isSorted();
    assertThat(spectrum.frames(sound)).isEqualTo(70);
  }

  @Test
  void soundsShorterThanAWindowHaveNoFrames() {
    Sound sound = Sound.mono(new float[LongSpectrum.WINDOW - 1], RATE);
    new LongSpectrum(1600)
        .forEach(
            sound,
            (t, power) -> {
              throw new AssertionError("a frame");
            });
    assertThat(new LongSpectrum(1600).frames(sound)).isZero();
    assertThat(new LongSpectrum(1600).frames(Sound.mono(new float[0], RATE))).isZero();
  }

  @Test
  void framesSixtyDecibelsBelowTheStrongestAreNotHeard() {
    assertThat(LongSpectrum.audible(new double[] {1e3, 1.1e-3, 1e-3, 0}))
        .containsExactly(true, true, false, false);
    assertThat(LongSpectrum.audible(new double[2])).containsExactly(false, false);
    assertThat(LongSpectrum.audible(new double[0])).isEmpty();
  }

  @Test
  void aBankSeesASingleSpectrum() {
    FilterBank bank = FilterBank.of(new double[][] {{1, 0, 2}, {0, 3, 0}});
    assertThat(bank.of(new double[] {1, 10, 100})).containsExactly(201, 30);
  }
}
