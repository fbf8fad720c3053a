package maestro.metric.loudness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import maestro.api.metric.Metric;
import maestro.api.sound.Sound;
import maestro.contracts.MetricContract;
import maestro.signal.Biquad;
import maestro.signal.Bs1770;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals and tolerances of EBU Tech 3341, coefficients of ITU-R BS.1770-4. */
final class LoudnessTest extends MetricContract {
  @Override
  protected Metric metric() {
    return new Loudness();
  }

  @Test
  void filtersAreTheStandardsAt48Kilohertz() {
    Biquad shelf = Bs1770.shelf(48_000);
    assertThat(shelf.b0()).isCloseTo(1.53512485958697, within(1e-9));
    assertThat(shelf.b1()).isCloseTo(-2.69169618940638, within(1e-9));
    assertThat(shelf.b2()).isCloseTo(1.19839281085285, within(1e-9));
    assertThat(shelf.a1()).isCloseTo(-1.69065929318241, within(1e-9));
    assertThat(shelf.a2()).isCloseTo(.73248077421585, within(1e-9));
    Biquad highPass = Bs1770.highPass(48_000);
    assertThat(highPass.a1()).isCloseTo(-1.99004745483398, within(1e-9));
    assertThat(highPass.a2()).isCloseTo(.99007225036621, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 44_100, 48_000})
  void aToneIsAsLoudAsItsLevel(int rate) {
    assertThat(Bs1770.loudness(tone(rate, 20, -23))).isCloseTo(-23, within(.1));
    assertThat(Bs1770.loudness(tone(rate, 20, -33))).isCloseTo(-33, within(.1));
  }

  /**
   * Case 3: quiet parts fall through the relative gate. Case 4: and silence through the absolute
   * one.
   */
  @ParameterizedTest
  @CsvSource({"-36 -23 -36, 10 60 10", "-72 -36 -23 -36 -72, 10 10 60 10 10"})
  void quietPartsAreGated(String levels, String seconds) {
    String[] level = levels.split(" ");
    String[] length = seconds.split(" ");
    Sound[] parts = new Sound[level.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = tone(48_000, Integer.parseInt(length[i]), Double.parseDouble(level[i]));
    }
    assertThat(Bs1770.loudness(join(parts))).isCloseTo(-23, within(.1));
  }

  /** Cases 15 to 18: a tone at a quarter of the rate whose samples miss its peaks, and others. */
  @ParameterizedTest
  @CsvSource({
    "4, 0, .5, -6",
    "4, 45, .5, -6",
    "6, 60, .5, -6",
    "8, 67.5, .5, -6",
    "4, 45, 1.41, 3"
  })
  void truePeaksLieBetweenSamples(int divisor, double degrees, double level, double expected) {
    float[] samples = new float[48_000];
    for (int n = 0; n < samples.length; n++) {
      double fade = Math.min(1, Math.min(n, samples.length - n) / 4800.0);
      samples[n] =
          (float) (fade * level * Math.sin(2 * Math.PI * n / divisor + Math.toRadians(degrees)));
    }
    assertThat(Bs1770.truePeak(Sound.mono(samples, 48_000)))
        .isBetween(expected - .4, expected + .2);
  }

  @Test
  void silenceHasNoLoudness() {
    assertThat(Bs1770.loudness(Sound.mono(new float[48_000], 48_000))).isNaN();
    assertThat(Bs1770.loudness(Sound.mono(new float[100], 48_000))).isNaN();
    assertThat(Bs1770.truePeak(Sound.mono(new float[100], 48_000))).isNegative().isInfinite();
  }

  /** Stereo, 1 kHz, with the level of each channel in dB of full scale. */
  private static Sound tone(int rate, int seconds, double level) {
    float[] samples = new float[rate * seconds];
    for (int n = 0; n < samples.length; n++) {
      samples[n] = (float) (Math.pow(10, level / 20) * Math.sin(2 * Math.PI * 1000 * n / rate));
    }
    return new Sound(new float[][] {samples, samples}, rate);
  }

  private static Sound join(Sound... parts) {
    int length = 0;
    for (Sound part : parts) {
      length += part.length();
    }
    float[] joined = new float[length];
    int at = 0;
    for (Sound part : parts) {
      System.arraycopy(part.channels()[0], 0, joined, at, part.length());
      at += part.length();
    }
    return new Sound(new float[][] {joined, joined}, parts[0].sampleRateHz());
  }
}
