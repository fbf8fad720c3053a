package maestro.signal;

/**
 * Smooths by fitting a polynomial to a sliding window (Savitzky and Golay 1964). The first and last
 * half window take their values from the fit of the first and last whole window, as scipy's {@code
 * mode="interp"}. Thread-safe.
 */
public final class SavitzkyGolay {
  private final int window;
  private final double[][] basis;

  /**
   * Prepares the filter.
   *
   * @param window samples of the window, odd
   * @param order degree of the polynomial, 0 to window − 1
   */
  public SavitzkyGolay(int window, int order) {
    if (window < 1 || window % 2 == 0 || order < 0 || order >= window) {
      throw new IllegalArgumentException(
          "illegal Savitzky-Golay filter: window "
              + window
              + ", order "
              + order
              + ", must be odd and above the order");
    }
    this.window = window;
    this.basis = new double[order + 1][window];
    int half = window / 2;
    // Orthonormal polynomials on the window: the fit is then a projection. Twice, against
    // round-off.
    for (int d = 0; d <= order; d++) {
      for (int i = 0; i < window; i++) {
        basis[d][i] = half == 0 ? 1 : Math.pow((double) (i - half) / half, d);
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int lower = 0; lower < d; lower++) {
          double overlap = 0;
          for (int i = 0; i < window; i++) {
            overlap += basis[d][i] * basis[lower][i];
          }
          for (int i = 0; i < window; i++) {
            basis[d][i] -= overlap * basis[lower][i];
          }
        }
      }
      double squares = 0;
      for (double value : basis[d]) {
        squares += value * value;
      }
      for (int i = 0; i < window; i++) {
        basis[d][i] /= Math.sqrt(squares);
      }
    }
  }

  /**
   * The weights with which a window's samples make the smoothed value at one of its places.
   *
   * @param place 0 … window − 1; window/2 is the filter of the middle of the signal
   */
  public double[] coefficients(int place) {
    double[] weights = new double[window];
    for (double[] polynomial : basis) {
      for (int i = 0; i < window; i++) {
        weights[i] += polynomial[place] * polynomial[i];
      }
    }
    return weights;
  }

  /**
   * Smooths a signal.
   *
   * @param x at least one window long
   * @return as long as x
   */
  public double[] filter(double[] x) {
    if (x.length < window) {
      throw new IllegalArgumentException(
          "Savitzky-Golay filter: " + x.length + " samples do not fill the window of " + window);
    }
    int half = window / 2;
    double[] y = new double[x.length];
    double[] centre = coefficients(half);
    for (int n = half; n < x.length - half; n++) {
      y[n] = dot(centre, x, n - half);
    }
    for (int i = 0; i < half; i++) {
      y[i] = dot(coefficients(i), x, 0);
      y[x.length - 1 - i] = dot(coefficients(window - 1 - i), x, x.length - window);
    }
    return y;
  }

  private static double dot(double[] weights, double[] x, int from) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * x[from + i];
    }
    return sum;
  }
}
