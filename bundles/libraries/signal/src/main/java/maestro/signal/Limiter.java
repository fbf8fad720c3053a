package maestro.signal;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Brings a sound within full scale by turning it down around its peaks, smoothly and no longer than
 * needed, so that nothing is cut.
 *
 * <p>The gain a sample needs is 1/|x|, at most 1. Each sample is given the least gain needed within
 * {@value #REACH} samples of it (20 ms at 16 kHz), averaged under a Hann window as long: all the
 * averaged gains were chosen with the sample in reach, so the mean is not above what it needs.
 */
public final class Limiter {
  /** Samples before and after a peak that are turned down with it. */
  static final int REACH = 320;

  private static final double[] WINDOW = window();

  private Limiter() {}

  private static double[] window() {
    double[] window = Arrays.copyOfRange(Stft.hann(2 * REACH + 2), 1, 2 * REACH + 2);
    double sum = Arrays.stream(window).sum();
    return Arrays.stream(window).map(weight -> weight / sum).toArray();
  }

  /**
   * Limits in place.
   *
   * @param samples of any size
   * @return the least gain used; 1 when the sound was within −1 … 1 and is as it was
   */
  public static double limit(float[] samples) {
    double[] gains = least(samples);
    double lowest = Arrays.stream(gains).min().orElse(1);
    if (lowest == 1) {
      return 1;
    }
    int lowered = 0; // the first sample within reach with a gain below 1
    for (int n = 0; n < samples.length; n++) {
      int end = Math.min(samples.length, n + REACH + 1);
      lowered = Math.max(lowered, n - REACH);
      while (lowered < end && gains[lowered] == 1) {
        lowered++;
      }
      if (lowered == end) {
        continue; // most samples are far from any peak
      }
      double gain = 0;
      for (int k = -REACH; k <= REACH; k++) {
        int at = Math.max(0, Math.min(gains.length - 1, n + k));
        gain += WINDOW[REACH + k] * gains[at];
      }
      samples[n] = (float) Math.max(-1, Math.min(1, gain * samples[n])); // but for rounding
    }
    return lowest;
  }

  /** The least gain needed within reach of each sample. */
  private static double[] least(float[] samples) {
    double[] least = new double[samples.length];
    Deque<Integer> rising = new ArrayDeque<>(); // peaks within reach, greatest first
    for (int n = 0; n < samples.length + REACH; n++) {
      if (n < samples.length) {
        while (!rising.isEmpty() && peak(samples, rising.peekLast()) <= peak(samples, n)) {
          rising.removeLast();
        }
        rising.addLast(n);
      }
      int centre = n - REACH;
      if (centre >= 0) {
        while (rising.peekFirst() < centre - REACH) {
          rising.removeFirst();
        }
        least[centre] = 1 / Math.max(1, peak(samples, rising.peekFirst()));
      }
    }
    return least;
  }

  private static double peak(float[] samples, int n) {
    return Math.abs((double) samples[n]);
  }
}
