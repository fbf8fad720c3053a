package maestro.signal;

/**
 * A linear map from the bins of a spectrum to a few bands, stored as the run of bins in which each
 * band is not zero.
 */
public final class FilterBank {
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
      weights[m] = java.util.Arrays.copyOfRange(matrix[m], from, to);
    }
    return new FilterBank(matrix[0].length, first, weights);
  }

  /** One band that adds up all bins. */
  public static FilterBank sum(int bins) {
    double[] ones = new double[bins];
    java.util.Arrays.fill(ones, 1);
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
   * One band of spectra that lie side by side: {@code sum[i] = Σ_k weight(band, k)·spectra[k][i]}.
   */
  void apply(int band, double[][] spectra, double[] sum) {
    java.util.Arrays.fill(sum, 0);
    double[] row = weights[band];
    int from = first[band];
    int k = 0;
    for (; k + 3 < row.length; k += 4) {
      int bin = from + k;
      addScaled(
          sum,
          spectra[bin],
          row[k],
          spectra[bin + 1],
          row[k + 1],
          spectra[bin + 2],
          row[k + 2],
          spectra[bin + 3],
          row[k + 3]);
    }
    for (; k < row.length; k++) {
      addScaled(sum, spectra[from + k], row[k]);
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
