package maestro.metric.beat;

import java.util.Arrays;

/**
 * How strongly an onset envelope repeats at its best beat period, from 40 to 200 a minute.
 *
 * <p>The envelope, smoothed by a Gaussian of one frame (23 ms; Ellis 2007 has 20 ms), is looked at
 * in passages of 10 s, one every 5 s, so that clips of different length compare and a tempo may
 * change. In each, r(l) = Σ x[t]·x[t+l] / √(Σ x[t]²·Σ x[t+l]²), x less its mean, over the frames
 * that both have; the passage's regularity is the greatest r that is a peak, 0 where none is above
 * 0.
 */
final class Pulse {
  /** Frames of 6 s: nine beats at 90, four at 40 a minute. */
  static final int LEAST = 258;

  private static final int PASSAGE = 430;
  private static final int EVERY = 215;

  /** Lags in frames of 512 samples at 22 050 Hz: 198.8 to 40.4 beats a minute. */
  private static final int SHORTEST = 13;

  private static final int LONGEST = 64;
  private static final double[] SMOOTHING = {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};
  private static final double STILL = 1e-9;

  private Pulse() {}

  /**
   * Mean regularity of the passages.
   *
   * @param strength onset strength of each frame
   * @return 0 … 1; NaN below 6 s, and when nothing moves
   */
  static double regularity(double[] strength) {
    if (strength.length < LEAST) {
      return Double.NaN;
    }
    double[] envelope = smooth(strength);
    double sum = 0;
    int passages = 0;
    int length = Math.min(PASSAGE, envelope.length);
    for (int from = 0; from + length <= envelope.length; from += EVERY) {
      double[] passage = centred(Arrays.copyOfRange(envelope, from, from + length));
      if (Arrays.stream(passage).map(x -> x * x).sum() > STILL) {
        sum += strongest(passage);
        passages++;
      }
    }
    return passages == 0 ? Double.NaN : sum / passages;
  }

  private static double strongest(double[] x) {
    double strongest = 0;
    double before = correlation(x, SHORTEST - 1);
    double here = correlation(x, SHORTEST);
    for (int lag = SHORTEST; lag <= LONGEST; lag++) {
      double after = correlation(x, lag + 1);
      if (here >= before && here >= after) {
        strongest = Math.max(strongest, here);
      }
      before = here;
      here = after;
    }
    return strongest;
  }

  private static double correlation(double[] x, int lag) {
    double product = 0;
    double early = 0;
    double late = 0;
    for (int t = 0; t + lag < x.length; t++) {
      product += x[t] * x[t + lag];
      early += x[t] * x[t];
      late += x[t + lag] * x[t + lag];
    }
    double length = Math.sqrt(early * late);
    return length > 0 ? product / length : 0;
  }

  /** Silence lies beyond the ends. */
  private static double[] smooth(double[] x) {
    double[] smooth = new double[x.length];
    int reach = SMOOTHING.length / 2;
    for (int t = 0; t < x.length; t++) {
      for (int d = Math.max(-reach, -t); d <= reach && t + d < x.length; d++) {
        smooth[t] += SMOOTHING[d + reach] * x[t + d];
      }
    }
    return smooth;
  }

  private static double[] centred(double[] x) {
    double mean = Arrays.stream(x).average().orElse(0);
    return Arrays.stream(x).map(value -> value - mean).toArray();
  }
}
