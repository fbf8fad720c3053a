package maestro.signal;

/**
 * Folds the bins of a power spectrum to the twelve pitch classes, C first, as librosa's chroma
 * filter bank does with tuning 0, centre octave 5, octave width 2.
 *
 * <p>Bin k lies at p_k = 12·log₂(f_k/27.5 Hz) semitones, bin 0 one and a half octaves below bin 1;
 * its width is max(p_{k+1} − p_k, 1). Its weight in a class is a Gaussian of twice the distance
 * over the width; the twelve weights of a bin are scaled to Euclidean length 1 and then multiplied
 * by exp(−½·((p_k/12 − 5)/2)²).
 */
public final class ChromaFilterBank {
  /** Number of pitch classes. */
  public static final int CLASSES = 12;

  /** Of power, -100 dB: the Gaussians reach all classes, most of them with nothing. */
  private static final double NEGLIGIBLE = 1e-10;

  private ChromaFilterBank() {}

  /**
   * The bank.
   *
   * @param sampleRateHz of the sound
   * @param fftSize N; the bank has N/2 + 1 bins
   */
  public static FilterBank of(int sampleRateHz, int fftSize) {
    int bins = fftSize / 2 + 1;
    // One bin more than kept, for the width of the last: librosa builds all N bins and drops the
    // upper half.
    double[] pitch = new double[bins + 1];
    for (int k = 1; k < pitch.length; k++) {
      double hz = (double) k * sampleRateHz / fftSize;
      pitch[k] = CLASSES * Math.log(hz / (440.0 / 16)) / Math.log(2);
    }
    pitch[0] = pitch[1] - 1.5 * CLASSES;
    double[][] matrix = new double[CLASSES][bins];
    for (int k = 0; k < bins; k++) {
      double width = Math.max(pitch[k + 1] - pitch[k], 1);
      double[] column = new double[CLASSES];
      double squares = 0;
      for (int c = 0; c < CLASSES; c++) {
        double distance = floorMod(pitch[k] - c + 6 + 120, CLASSES) - 6;
        column[c] = Math.exp(-0.5 * square(2 * distance / width));
        squares += square(column[c]);
      }
      double octave = Math.exp(-0.5 * square((pitch[k] / CLASSES - 5) / 2));
      for (int c = 0; c < CLASSES; c++) {
        // The pitches count from A; a rotation by three puts C first.
        double weight = column[c] / Math.sqrt(squares);
        matrix[Math.floorMod(c - 3, CLASSES)][k] = weight < NEGLIGIBLE ? 0 : weight * octave;
      }
    }
    return FilterBank.of(matrix);
  }

  private static double floorMod(double x, double y) {
    return x - y * Math.floor(x / y);
  }

  private static double square(double x) {
    return x * x;
  }
}
