package maestro.signal;

import java.util.Arrays;
import java.util.stream.IntStream;

/** A linear map from the bins of a spectrum to a few bands, most of its weights zero. */
public final class FilterBank {
  /** Bins that are added to a band at once. */
  private static final int GROUP = 4;

  private final double[][] matrix;

  /** The bands that each group of bins reaches. */
  private final int[][] reached;

  private FilterBank(double[][] matrix) {
    this.matrix = matrix;
    this.reached = new int[(bins() + GROUP - 1) / GROUP][];
    for (int group = 0; group < reached.length; group++) {
      int from = group * GROUP;
      int to = Math.min(bins(), from + GROUP);
      reached[group] =
          IntStream.range(0, bands())
              .filter(band -> IntStream.range(from, to).anyMatch(k -> matrix[band][k] != 0))
              .toArray();
    }
  }

  /**
   * A bank of the given matrix.
   *
   * @param matrix {@code [bands][bins]}
   */
  public static FilterBank of(double[][] matrix) {
    return new FilterBank(copy(matrix));
  }

  /** One band that adds up all bins. */
  public static FilterBank sum(int bins) {
    double[] ones = new double[bins];
    Arrays.fill(ones, 1);
    return of(new double[][] {ones});
  }

  /** Number of bands. */
  public int bands() {
    return matrix.length;
  }

  /** Number of bins of the spectrum it is for. */
  public int bins() {
    return matrix[0].length;
  }

  /** Weight of a bin in a band. */
  public double weight(int band, int bin) {
    return matrix[band][bin];
  }

  /** The bank as a dense matrix, {@code [bands][bins]}. */
  public double[][] matrix() {
    return copy(matrix);
  }

  /**
   * All bands of one spectrum.
   *
   * @param spectrum as many bins as the bank has
   */
  public double[] of(double[] spectrum) {
    double[] sums = new double[bands()];
    for (int band = 0; band < sums.length; band++) {
      double[] row = matrix[band];
      for (int k = 0; k < row.length; k++) {
        sums[band] += row[k] * spectrum[k];
      }
    }
    return sums;
  }

  private static double[][] copy(double[][] matrix) {
    return Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
  }

  /**
   * All bands of the first spectra of many that lie side by side: {@code sums[m][i] = Σ_k weight(m,
   * k)·spectra[k][i]}. Goes through the bins a few at a time, so that they are still in the cache
   * for the next band.
   */
  void apply(double[][] spectra, double[][] sums, int count) {
    for (double[] sum : sums) {
      Arrays.fill(sum, 0, count, 0);
    }
    for (int group = 0; group < reached.length; group++) {
      int k = group * GROUP;
      boolean whole = k + GROUP <= bins();
      for (int band : reached[group]) {
        double[] row = matrix[band];
        if (whole) {
          addScaled(
              sums[band],
              spectra[k],
              row[k],
              spectra[k + 1],
              row[k + 1],
              spectra[k + 2],
              row[k + 2],
              spectra[k + 3],
              row[k + 3],
              count);
        } else {
          for (int rest = k; rest < bins(); rest++) {
            addScaled(sums[band], spectra[rest], row[rest], count);
          }
        }
      }
    }
  }

  private static void addScaled(double[] sum, double[] spectrum, double weight, int count) {
    for (int i = 0; i < count; i++) {
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
      double wd,
      int count) {
    for (int i = 0; i < count; i++) {
      sum[i] = sum[i] + (wa * a[i] + wb * b[i]) + (wc * c[i] + wd * d[i]);
    }
  }
}
