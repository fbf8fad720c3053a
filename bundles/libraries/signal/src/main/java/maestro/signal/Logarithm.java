package maestro.signal;

/**
 * The natural logarithm of positive normal numbers, within 1e-14 of the exact one relative to the
 * larger of it and 1, in a third of the time of {@link Math#log}. Not a number of what is infinite
 * or none; without meaning for zero, negative and subnormal numbers.
 *
 * <p>x = 2^e·m with 1 ≤ m &lt; 2; c is the middle of the 128th of that range in which m lies; ln x
 * = e·ln 2 + ln c + ln(m/c), the last as a series, with |m/c − 1| ≤ 1/256.
 */
final class Logarithm {
  private static final int BITS = 7;
  private static final long FRACTION = (1L << 52) - 1;
  private static final long ONE = Double.doubleToRawLongBits(1);
  private static final double LN2 = 0.6931471805599453;
  private static final double[] INVERSE = new double[1 << BITS];
  private static final double[] MIDDLE = new double[1 << BITS];

  static {
    for (int i = 0; i < INVERSE.length; i++) {
      INVERSE[i] = 1 / (1 + (i + 0.5) / INVERSE.length);
      MIDDLE[i] = -StrictMath.log(INVERSE[i]);
    }
  }

  private Logarithm() {}

  static double of(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int part = (int) ((bits & FRACTION) >>> (52 - BITS));
    int exponent = (int) (bits >> 52) - Double.MAX_EXPONENT;
    double r = Double.longBitsToDouble(bits & FRACTION | ONE) * INVERSE[part] - 1;
    double rr = r * r;
    double series = r + rr * (-1.0 / 2 + r * (1.0 / 3) + rr * (-1.0 / 4 + r * (1.0 / 5)));
    return exponent * LN2 + MIDDLE[part] + series + (x - x);
  }
}
