package maestro.signal;

/** Triangular filter banks on mel scales. */
public final class MelFilterBank {
  private MelFilterBank() {}

  /**
   * Slaney's scale (linear below 1000 Hz) and area normalisation 2/(f_{m+2} − f_m), as in librosa.
   *
   * @param sampleRateHz of the sound
   * @param fftSize N; the bank has N/2 + 1 bins
   * @param bands number of bands
   * @param lowHz lower edge of the first band
   * @param highHz upper edge of the last band
   */
  public static FilterBank slaney(
      int sampleRateHz, int fftSize, int bands, double lowHz, double highHz) {
    double low = slaneyMel(lowHz);
    double high = slaneyMel(highHz);
    double[] edges = new double[bands + 2];
    for (int m = 0; m < edges.length; m++) {
      edges[m] = slaneyHz(low + (high - low) * m / (bands + 1));
    }
    double[][] matrix = new double[bands][fftSize / 2 + 1];
    for (int m = 0; m < bands; m++) {
      double area = 2 / (edges[m + 2] - edges[m]);
      for (int k = 0; k <= fftSize / 2; k++) {
        double f = (double) k * sampleRateHz / fftSize;
        double up = (f - edges[m]) / (edges[m + 1] - edges[m]);
        double down = (edges[m + 2] - f) / (edges[m + 2] - edges[m + 1]);
        matrix[m][k] = area * Math.max(0, Math.min(up, down));
      }
    }
    return FilterBank.of(matrix);
  }

  /**
   * The HTK scale, 1127·ln(1 + f/700), with slopes that are linear in mel, no normalisation, and
   * bin 0 left out: the bank of VGGish.
   *
   * @param sampleRateHz of the sound
   * @param fftSize N; the bank has N/2 + 1 bins
   * @param bands number of bands
   * @param lowHz lower edge of the first band
   * @param highHz upper edge of the last band
   */
  public static FilterBank htk(
      int sampleRateHz, int fftSize, int bands, double lowHz, double highHz) {
    double low = htkMel(lowHz);
    double step = (htkMel(highHz) - low) / (bands + 1);
    double[][] matrix = new double[bands][fftSize / 2 + 1];
    for (int m = 0; m < bands; m++) {
      double start = low + m * step;
      for (int k = 1; k <= fftSize / 2; k++) {
        double mel = htkMel((double) k * sampleRateHz / fftSize);
        matrix[m][k] = Math.max(0, Math.min((mel - start) / step, (start + 2 * step - mel) / step));
      }
    }
    return FilterBank.of(matrix);
  }

  private static double slaneyMel(double hz) {
    return hz < 1000 ? hz * 3 / 200 : 15 + Math.log(hz / 1000) * 27 / Math.log(6.4);
  }

  private static double slaneyHz(double mel) {
    return mel < 15 ? mel * 200 / 3 : 1000 * Math.exp((mel - 15) * Math.log(6.4) / 27);
  }

  private static double htkMel(double hz) {
    return 1127 * Math.log(1 + hz / 700);
  }
}
