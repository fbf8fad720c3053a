package maestro.signal;

import java.util.Arrays;

/**
 * A linear map from the bins of a spectrum to a few bands, stored as the run of bins in which each
 * band is not zero.
 */
public final class FilterBank {
  /** Bins that are read for all bands before the next ones. */
  private static final int TILE = 32;

  private final int bins;
  private final int[] first;
  private final double[][] weights;

  private FilterBank(int bins, int[] first, double[][] weights) {
    this.bins = bins;
    this.first = first;
    this.weights = weights;
  }

  /**
   * A bank of the given matrix.
   *
   * @param matrix {@code [bands][bins]}
   */
  public static FilterBank of(double[][] matrix) {
    int bands = matrix.length;
    int[] first = new int[bands];
    double[][] weights = new double[bands][];
    for (int m = 0; m < bands; m++) {
      int from = 0;
      int to = matrix[m].length;
      while (from < to && matrix[m][from] == 0) {
        from++;
      }
      while (to > from && matrix[m][to - 1] == 0) {
        to--;
      }
      first[m] = from;
      weights[m] = Arrays.copyOfRange(matrix[m], from, to);
    }
    return new FilterBank(matrix[0].length, first, weights);
  }

  /** One band that adds up all bins. */
  public static FilterBank sum(int bins) {
    double[] ones = new double[bins];
    Arrays.fill(ones, 1);
    return of(new double[][] {ones});
  }

  /** Number of bands. */
  public int bands() {
    return weights.length;
  }

  /** Number of bins of the spectrum it is for. */
  public int bins() {
    return bins;
  }

  /** Weight of a bin in a band. */
  public double weight(int band, int bin) {
    int i = bin - first[band];
    return i < 0 || i >= weights[band].length ? 0 : weights[band][i];
  }

  /** The bank as a dense matrix, {@code [bands][bins]}. */
  public double[][] matrix() {
    double[][] matrix = new double[bands()][bins];
    for (int m = 0; m < bands(); m++) {
      System.arraycopy(weights[m], 0, matrix[m], first[m], weights[m].length);
    }
    return matrix;
  }

  /**
   * All bands of spectra that lie side by side: {@code sums[m][i] = Σ_k weight(m,
   * k)·spectra[k][i]}. Goes through the bins a few at a time, so that they are still in the cache
   * for the next band.
   */
  void apply(double[][] spectra, double[][] sums) {
    for (double[] sum : sums) {
      Arrays.fill(sum, 0);
    }
    for (int tile = 0; tile < bins; tile += TILE) {
      for (int m = 0; m < sums.length; m++) {
        int from = Math.max(tile, first[m]);
        int to = Math.min(tile + TILE, first[m] + weights[m].length);
        add(m, from, to, spectra, sums[m]);
      }
    }
  }

  private void add(int band, int from, int to, double[][] spectra, double[] sum) {
    double[] row = weights[band];
    int low = first[band];
    int k = from;
    for (; k + 3 < to; k += 4) {
      addScaled(
          sum,
          spectra[k],
          row[k - low],
          spectra[k + 1],
          row[k + 1 - low],
          spectra[k + 2],
          row[k + 2 - low],
          spectra[k + 3],
          row[k + 3 - low]);
    }
    for (; k < to; k++) {
      addScaled(sum, spectra[k], row[k - low]);
    }
  }

  private static void addScaled(double[] sum, double[] spectrum, double weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * spectrum[i];
    }
  }

  /** Four bins in one go: the sum is read and written once. */
  private static void addScaled(
      double[] sum,
      double[] a,
      double wa,
      double[] b,
      double wb,
      double[] c,
      double wc,
      double[] d,
      double wd) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] = sum[i] + (wa * a[i] + wb * b[i]) + (wc * c[i] + wd * d[i]);
    }
  }
}
