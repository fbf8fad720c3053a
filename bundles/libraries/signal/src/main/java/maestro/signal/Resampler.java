package maestro.signal;

import java.math.BigInteger;
import maestro.api.MaestroException;

/**
 * Changes the sample rate by windowed-sinc interpolation, with torchaudio's default kernel: six
 * zero crossings, roll-off 0.99, Hann window.
 *
 * <p>With the rates reduced to o and n by their greatest common divisor and b = 0.99·min(o, n),
 * output sample m·n + j is Σ_i x[m·o + i]·h(j, i), h = sinc(u)·cos²(πu/12)·b/o, u = (i/o − j/n)·b,
 * |u| &lt; 6. Thread-safe.
 */
public final class Resampler {
  private static final int ZERO_CROSSINGS = 6;
  private static final double ROLL_OFF = 0.99;
  private static final int LOWEST_HZ = 100;
  private static final int HIGHEST_HZ = 768_000;

  private final int from;
  private final int to;
  private final int[] first;
  private final double[][] taps;

  /**
   * Prepares the kernel.
   *
   * @param fromHz rate of the input, 100 to 768 000 Hz
   * @param toHz rate of the output, 100 to 768 000 Hz
   * @throws MaestroException of kind INPUT when a rate is out of range
   */
  public Resampler(int fromHz, int toHz) {
    for (int rate : new int[] {fromHz, toHz}) {
      if (rate < LOWEST_HZ || rate > HIGHEST_HZ) {
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            "sound",
            "a sample rate of " + rate + " Hz cannot be converted",
            "give a rate from " + LOWEST_HZ + " to " + HIGHEST_HZ + " Hz");
      }
    }
    int divisor = BigInteger.valueOf(fromHz).gcd(BigInteger.valueOf(toHz)).intValue();
    from = fromHz / divisor;
    to = toHz / divisor;
    first = new int[to];
    taps = new double[to][];
    if (from == to) {
      return;
    }
    double base = ROLL_OFF * Math.min(from, to);
    for (int j = 0; j < to; j++) {
      double centre = (double) j * from / to;
      double reach = ZERO_CROSSINGS * from / base;
      int low = (int) Math.ceil(centre - reach);
      int high = (int) Math.floor(centre + reach);
      first[j] = low;
      taps[j] = new double[high - low + 1];
      for (int i = low; i <= high; i++) {
        double u = ((double) i / from - (double) j / to) * base;
        double sinc = u == 0 ? 1 : Math.sin(Math.PI * u) / (Math.PI * u);
        double hann = Math.cos(Math.PI * u / (2 * ZERO_CROSSINGS));
        taps[j][i - low] = sinc * hann * hann * base / from;
      }
    }
  }

  /** Convenience for one signal; returns the input itself when the rates are equal. */
  public static float[] resample(float[] samples, int fromHz, int toHz) {
    return fromHz == toHz ? samples : new Resampler(fromHz, toHz).resample(samples);
  }

  /** Number of samples made of so many. */
  public int length(int samples) {
    return Math.toIntExact(((long) to * samples + from - 1) / from);
  }

  /**
   * Resamples a whole signal; beyond its ends it is silent.
   *
   * @return ceil(samples·to/from) values
   */
  public float[] resample(float[] samples) {
    if (from == to) {
      return samples.clone();
    }
    float[] out = new float[length(samples.length)];
    int j = 0;
    int origin = 0;
    for (int m = 0; m < out.length; m++) {
      double[] kernel = taps[j];
      int start = origin + first[j];
      int low = Math.max(0, -start);
      int high = Math.min(kernel.length, samples.length - start);
      double even = 0;
      double odd = 0;
      int i = low;
      for (; i + 1 < high; i += 2) {
        even += kernel[i] * samples[start + i];
        odd += kernel[i + 1] * samples[start + i + 1];
      }
      if (i < high) {
        even += kernel[i] * samples[start + i];
      }
      out[m] = (float) (even + odd);
      if (++j == to) {
        j = 0;
        origin += from;
      }
    }
    return out;
  }
}
