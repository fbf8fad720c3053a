package maestro.metric.tonality;

import maestro.signal.LongSpectrum;

/**
 * Whether the bass of a spectrum is one clear note: from 40 to 250 Hz, the strongest bin with three
 * on each side (the main lobe of the window and one bin for a note between two) has at least half
 * of the power, and the bass at least 0.001 of that of the whole spectrum.
 */
final class Bass {
  private static final double LOW_HZ = 40;
  private static final double HIGH_HZ = 250;
  private static final double BIN_HZ = (double) LongSpectrum.SAMPLE_RATE_HZ / LongSpectrum.WINDOW;
  private static final int FIRST = (int) Math.ceil(LOW_HZ / BIN_HZ);
  private static final int LAST = (int) (HIGH_HZ / BIN_HZ);
  private static final int LOBE = 3;
  private static final double SHARE = 0.5;
  private static final double HEARD = 1e-3;

  private Bass() {}

  static boolean isClear(double[] power, double whole) {
    double sum = 0;
    int peak = FIRST;
    for (int k = FIRST; k <= LAST; k++) {
      sum += power[k];
      peak = power[k] > power[peak] ? k : peak;
    }
    double note = 0;
    for (int k = peak - LOBE; k <= peak + LOBE; k++) {
      note += power[k];
    }
    return sum > HEARD * whole && note >= SHARE * sum;
  }
}
