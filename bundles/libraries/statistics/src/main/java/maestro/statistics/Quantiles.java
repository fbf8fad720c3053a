package maestro.statistics;

import java.util.Arrays;

/**
 * Quantiles of values, linear between order statistics (Hyndman and Fan's type 7, as numpy's
 * default).
 *
 * @param sorted the values, from the least to the greatest; not to be changed
 */
public record Quantiles(double[] sorted) {
  /** Quantiles of values in any order; NaN and infinite ones are left out. */
  public static Quantiles of(double... values) {
    return new Quantiles(Arrays.stream(values).filter(Double::isFinite).sorted().toArray());
  }

  /**
   * A quantile.
   *
   * @param share 0 for the least value to 1 for the greatest
   * @return NaN when there are no values
   */
  public double at(double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** The middle, which of an even number of values is the mean of two. */
  public double median() {
    return at(0.5);
  }
}
