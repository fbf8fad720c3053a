package maestro.signal;

import java.util.Arrays;
import maestro.api.sound.Sound;

/**
 * Integrated loudness and true peak after ITU-R BS.1770-4.
 *
 * <p>K-weighting (a high shelf of 4 dB above 1.7 kHz, then a high-pass at 38 Hz, both from their
 * analogue prototypes so that any sample rate does), mean square over blocks of 400 ms every 100
 * ms, gates at −70 LUFS and 10 LU below the mean of what passed the first. Surround channels count
 * 1.41, a low-frequency channel not at all.
 */
public final class Bs1770 {
  private static final double ABSOLUTE_GATE = -70;
  private static final double RELATIVE_GATE = 10;
  private static final double OFFSET = -0.691;
  private static final int OVERSAMPLING = 4;

  private Bs1770() {}

  /**
   * Integrated loudness in LUFS; NaN when no block passes the gate or the sound is shorter than a
   * block.
   */
  public static double loudness(Sound sound) {
    int step = sound.sampleRateHz() / 10;
    int blocks = sound.length() / step - 3;
    if (step == 0 || blocks < 1) {
      return Double.NaN;
    }
    double[] power = new double[blocks];
    for (int c = 0; c < sound.channels().length; c++) {
      double weight = weight(c, sound.channels().length);
      if (weight > 0) {
        double[] tenths = squares(weighted(sound.channels()[c], sound.sampleRateHz()), step);
        for (int b = 0; b < blocks; b++) {
          double sum = tenths[b] + tenths[b + 1] + tenths[b + 2] + tenths[b + 3];
          power[b] += weight * sum / (4.0 * step);
        }
      }
    }
    double[] audible = above(power, ABSOLUTE_GATE);
    double gate = decibels(Arrays.stream(audible).average().orElse(0)) - RELATIVE_GATE;
    return decibels(Arrays.stream(above(audible, gate)).average().orElse(Double.NaN));
  }

  /** True peak in dBTP, the largest magnitude after fourfold oversampling; −∞ for silence. */
  public static double truePeak(Sound sound) {
    double peak = 0;
    for (float[] channel : sound.channels()) {
      int rate = sound.sampleRateHz();
      for (float value : Resampler.resample(channel, rate, OVERSAMPLING * rate)) {
        peak = Math.max(peak, Math.abs(value));
      }
    }
    return 20 * Math.log10(peak);
  }

  private static double[] weighted(float[] samples, int rate) {
    double[] x = new double[samples.length];
    for (int n = 0; n < x.length; n++) {
      x[n] = samples[n];
    }
    return highPass(rate).filter(shelf(rate).filter(x));
  }

  /** The first stage; the numbers are those that give the standard's coefficients at 48 kHz. */
  public static Biquad shelf(int rate) {
    double k = Math.tan(Math.PI * 1681.974450955533 / rate);
    double q = 0.7071752369554196;
    double high = Math.pow(10, 3.999843853973347 / 20);
    double band = Math.pow(high, 0.4996667741545416);
    double a0 = 1 + k / q + k * k;
    return new Biquad(
        (high + band * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0);
  }

  /** The second stage. */
  public static Biquad highPass(int rate) {
    double k = Math.tan(Math.PI * 38.13547087602444 / rate);
    double q = 0.5003270373238773;
    double a0 = 1 + k / q + k * k;
    return new Biquad(1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0);
  }

  private static double[] squares(double[] x, int step) {
    double[] sums = new double[x.length / step];
    for (int i = 0; i < sums.length; i++) {
      for (int n = i * step; n < (i + 1) * step; n++) {
        sums[i] += x[n] * x[n];
      }
    }
    return sums;
  }

  private static double[] above(double[] power, double gate) {
    return Arrays.stream(power).filter(p -> decibels(p) > gate).toArray();
  }

  private static double decibels(double power) {
    return OFFSET + 10 * Math.log10(power);
  }

  /** Channel orders: L R C for up to three, then surrounds; six are L R C LFE Ls Rs. */
  private static double weight(int channel, int channels) {
    if (channels == 6 && channel == 3) {
      return 0;
    }
    return channel < 3 ? 1 : 1.41;
  }
}
