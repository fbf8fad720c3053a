package maestro.signal;

/**
 * A second-order recursive filter, y[n] = b₀x[n] + b₁x[n−1] + b₂x[n−2] − a₁y[n−1] − a₂y[n−2].
 *
 * @param b0 weight of the newest sample
 * @param b1 weight of the sample before
 * @param b2 weight of the sample two before
 * @param a1 weight of the output before, subtracted
 * @param a2 weight of the output two before, subtracted
 */
public record Biquad(double b0, double b1, double b2, double a1, double a2) {
  /**
   * A high-pass in the form of Bristow-Johnson's cookbook.
   *
   * @param cutoffHz frequency of −3 dB for Q = 1/√2
   * @param q resonance
   * @param sampleRateHz of the signal
   */
  public static Biquad highPass(double cutoffHz, double q, double sampleRateHz) {
    double omega = 2 * Math.PI * cutoffHz / sampleRateHz;
    double alpha = Math.sin(omega) / (2 * q);
    double cos = Math.cos(omega);
    double a0 = 1 + alpha;
    double side = (1 + cos) / 2 / a0;
    return new Biquad(side, -(1 + cos) / a0, side, -2 * cos / a0, (1 - alpha) / a0);
  }

  /** Filters a signal from rest, in double. */
  public double[] filter(double[] x) {
    double[] y = new double[x.length];
    double s1 = 0;
    double s2 = 0;
    for (int n = 0; n < x.length; n++) {
      double out = b0 * x[n] + s1;
      s1 = b1 * x[n] - a1 * out + s2;
      s2 = b2 * x[n] - a2 * out;
      y[n] = out;
    }
    return y;
  }

  /** Filters a signal from rest; the state is kept in double. */
  public float[] filter(float[] x) {
    float[] y = new float[x.length];
    double s1 = 0;
    double s2 = 0;
    for (int n = 0; n < x.length; n++) {
      double out = b0 * x[n] + s1;
      s1 = b1 * x[n] - a1 * out + s2;
      s2 = b2 * x[n] - a2 * out;
      y[n] = (float) out;
    }
    return y;
  }
}
