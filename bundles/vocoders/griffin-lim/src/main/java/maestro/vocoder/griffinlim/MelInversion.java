package maestro.vocoder.griffinlim;

import maestro.api.sound.Mel;
import maestro.signal.FilterBank;
import maestro.signal.LogMel;
import maestro.signal.MelFilterBank;

/**
 * Linear magnitudes of a mel: an x ≥ 0 that minimises Σ_m ((W·x)_m/y_m − 1)² for the mel filter
 * bank W and y = exp(mel), by coordinate descent. Errors count relative to their band, as the
 * logarithm of the mel does. There are more bins than bands; the start, Wᵀy scaled band by band,
 * picks the solution that is smooth between the bands. Bins outside all bands stay zero.
 */
final class MelInversion {
  private static final int SWEEPS = 40;

  private final int[] low = new int[LogMel.BANDS];
  private final double[][] weights = new double[LogMel.BANDS][];
  private final double[] scale = new double[LogMel.BANDS];
  private final int bins = LogMel.FRAME / 2 + 1;

  /** The first band each bin is in; it may be in the next one, too. */
  private final int[] band = new int[bins];

  private final double[] first = new double[bins];
  private final double[] second = new double[bins];

  MelInversion() {
    FilterBank bank =
        MelFilterBank.slaney(LogMel.SAMPLE_RATE_HZ, LogMel.FRAME, LogMel.BANDS, 0, 8000);
    java.util.Arrays.fill(band, -1);
    for (int m = 0; m < LogMel.BANDS; m++) {
      int from = 0;
      while (bank.weight(m, from) == 0) {
        from++;
      }
      int to = from;
      while (to < bins && bank.weight(m, to) > 0) {
        to++;
      }
      low[m] = from;
      weights[m] = new double[to - from];
      for (int k = from; k < to; k++) {
        double weight = bank.weight(m, k);
        weights[m][k - from] = weight;
        if (band[k] < 0) {
          band[k] = m;
          first[k] = weight;
        } else {
          second[k] = weight;
        }
      }
    }
    double[] ones = new double[LogMel.BANDS];
    java.util.Arrays.fill(ones, 1);
    double[] reached = bands(spread(ones));
    for (int m = 0; m < LogMel.BANDS; m++) {
      scale[m] = 1 / reached[m];
    }
  }

  /** Magnitudes, {@code [frames, 513]}. */
  float[] magnitudes(Mel mel) {
    float[] out = new float[Math.multiplyExact(mel.frames(), bins)];
    double[] target = new double[LogMel.BANDS];
    for (int t = 0; t < mel.frames(); t++) {
      for (int m = 0; m < LogMel.BANDS; m++) {
        double value = Math.exp(mel.values()[t * LogMel.BANDS + m]);
        // The floor of the front end stands for anything below it, silence included.
        target[m] = value > LogMel.FLOOR * 1.001 ? value : 0;
      }
      double[] x = solve(target);
      for (int k = 0; k < bins; k++) {
        out[t * bins + k] = (float) x[k];
      }
    }
    return out;
  }

  private double[] solve(double[] target) {
    double[] start = new double[LogMel.BANDS];
    for (int m = 0; m < LogMel.BANDS; m++) {
      start[m] = target[m] * scale[m];
    }
    double[] x = spread(start);
    double[] missing = bands(x);
    double[] importance = new double[LogMel.BANDS];
    for (int m = 0; m < LogMel.BANDS; m++) {
      missing[m] = target[m] - missing[m];
      importance[m] = 1 / ((target[m] + LogMel.FLOOR) * (target[m] + LogMel.FLOOR));
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int k = 0; k < bins; k++) {
        int m = band[k];
        if (m < 0) {
          continue;
        }
        int next = Math.min(m + 1, LogMel.BANDS - 1);
        double a = first[k] * importance[m];
        double b = second[k] * importance[next];
        double change = (a * missing[m] + b * missing[next]) / (a * first[k] + b * second[k]);
        change = Math.max(-x[k], change);
        x[k] += change;
        missing[m] -= first[k] * change;
        missing[next] -= second[k] * change;
      }
    }
    return x;
  }

  private double[] bands(double[] x) {
    double[] bands = new double[LogMel.BANDS];
    for (int m = 0; m < LogMel.BANDS; m++) {
      double sum = 0;
      for (int i = 0; i < weights[m].length; i++) {
        sum += weights[m][i] * x[low[m] + i];
      }
      bands[m] = sum;
    }
    return bands;
  }

  private double[] spread(double[] bands) {
    double[] x = new double[bins];
    for (int m = 0; m < LogMel.BANDS; m++) {
      for (int i = 0; i < weights[m].length; i++) {
        x[low[m] + i] += weights[m][i] * bands[m];
      }
    }
    return x;
  }
}
