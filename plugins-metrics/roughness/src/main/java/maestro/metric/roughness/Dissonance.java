package maestro.metric.roughness;

/**
 * Sensory dissonance of the peaks of a spectrum (Plomp and Levelt 1965) by the curves of Sethares
 * 1993: of two partials with frequencies f ≤ g and amplitudes a and b it is a·b·(e^(−3.5·s·(g − f))
 * − e^(−5.75·s·(g − f))), s = 0.24/(0.021·f + 19).
 *
 * <p>Added over all pairs and divided by the sum of the squared amplitudes, so that level makes no
 * difference. Peaks are bins of at least 27.5 Hz that none of the three on each side exceeds, so
 * that the nearest side lobes of the window count as no peaks, and at most 40 dB below the
 * strongest bin, which leaves the farther ones out; their frequency and amplitude are those of the
 * parabola through the logarithms of three bins. Partials nearer than 6 Hz are one peak: their
 * beats are heard as such.
 */
final class Dissonance {
  private static final double CLOSE = 3.5;
  private static final double FAR = 5.75;
  private static final double WIDTH = 0.24;
  private static final double SLOPE = 0.021;
  private static final double OFFSET = 19;

  private static final double LOWEST_HZ = 27.5;
  private static final double RANGE = 1e-4;
  private static final int REACH = 3;

  /** Beyond s·(g − f) of 4 the curve is below 1e-6. */
  private static final double NO_MORE = 4;

  private Dissonance() {}

  /** Dissonance of two partials of amplitude 1; at most 0.18. */
  static double ofPair(double hz, double higherHz) {
    double apart = WIDTH / (SLOPE * hz + OFFSET) * (higherHz - hz);
    return apart > NO_MORE ? 0 : Math.exp(-CLOSE * apart) - Math.exp(-FAR * apart);
  }

  /**
   * Roughness of a spectrum.
   *
   * @param power of each bin
   * @param binHz from one bin to the next
   * @return 0 for a single partial; 0 when there is no peak
   */
  static double of(double[] power, double binHz) {
    double most = 0;
    for (double bin : power) {
      most = Math.max(most, bin);
    }
    double[] hz = new double[power.length];
    double[] amplitude = new double[power.length];
    int peaks = 0;
    double squares = 0;
    for (int k = Math.max(1, (int) Math.ceil(LOWEST_HZ / binHz)); k + 1 < power.length; k++) {
      if (power[k] > RANGE * most && isPeak(power, k)) {
        double below = 0.5 * Math.log(power[k - 1]);
        double here = 0.5 * Math.log(power[k]);
        double above = 0.5 * Math.log(power[k + 1]);
        double bend = below - 2 * here + above;
        // Not a number where a neighbour is 0, and no bend where all are alike: then the bin it is.
        double off = bend < 0 && bend > -100 ? 0.5 * (below - above) / bend : 0;
        hz[peaks] = (k + off) * binHz;
        amplitude[peaks] = Math.exp(off == 0 ? here : here - 0.25 * (below - above) * off);
        squares += amplitude[peaks] * amplitude[peaks];
        peaks++;
      }
    }
    double sum = 0;
    for (int i = 0; i < peaks; i++) {
      double reach = NO_MORE * (SLOPE * hz[i] + OFFSET) / WIDTH;
      for (int j = i + 1; j < peaks && hz[j] - hz[i] <= reach; j++) {
        sum += amplitude[i] * amplitude[j] * ofPair(hz[i], hz[j]);
      }
    }
    return squares > 0 ? sum / squares : 0;
  }

  /** Whether none of the bins around is stronger; of some alike the first is the peak. */
  private static boolean isPeak(double[] power, int k) {
    for (int d = 1; d <= REACH; d++) {
      if (k - d >= 0 && power[k - d] >= power[k]
          || k + d < power.length && power[k + d] > power[k]) {
        return false;
      }
    }
    return true;
  }
}
