package maestro.statistics;

import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The two-sided permutation test of two methods on the same items, which exchanges what the methods
 * made of an item, item by item (Fisher 1935). It holds for any statistic of a set and for ties and
 * zeros, as it assumes nothing of how values are spread.
 *
 * <p>As long as there are not more exchanges than draws are allowed, all of them are looked at and
 * p is exact. Else p = (1 + hits) / (1 + draws), so that it is never 0 (Phipson and Smyth 2010).
 *
 * @param p of each statistic; NaN where it is not defined
 * @param pairs items of which the methods made different things
 * @param exact whether all exchanges were looked at
 * @param draws exchanges that were to be looked at
 */
public record PairedPermutation(double[] p, int pairs, boolean exact, int draws) {
  /** Differences that round-off alone keeps apart are the same. */
  private static final double ROUND_OFF = 1e-9;

  private static final int MOST_PAIRS_EXACT = 30;

  /**
   * Runs the test.
   *
   * @param pairs items of which the methods made different things, at least 0; others cannot change
   *     a difference and take no part
   * @param draws exchanges to look at, at least 1
   * @param coins a number of 0 … 1 for each pair, of draw 0, 1, …
   * @param differences second method less first of each statistic, when the pairs that are marked
   *     are exchanged
   */
  public static PairedPermutation of(
      int pairs,
      int draws,
      IntFunction<double[]> coins,
      Function<boolean[], double[]> differences) {
    double[] observed = differences.apply(new boolean[pairs]);
    int[] hits = new int[observed.length];
    // Exchanging the other pairs instead gives the same differences with the other sign, so the
    // first pair stays as it is and half of all exchanges are enough.
    boolean exact = pairs <= MOST_PAIRS_EXACT && 1L << Math.max(0, pairs - 1) <= draws;
    int looked = exact ? 1 << Math.max(0, pairs - 1) : draws;
    for (int draw = exact ? 1 : 0; draw < looked; draw++) {
      double[] difference =
          differences.apply(exact ? bits(draw, pairs) : below(coins.apply(draw), pairs));
      for (int k = 0; k < hits.length; k++) {
        hits[k] += Math.abs(difference[k]) < Math.abs(observed[k]) * (1 - ROUND_OFF) ? 0 : 1;
      }
    }
    double[] p = new double[observed.length];
    for (int k = 0; k < p.length; k++) {
      double share = exact ? (1.0 + hits[k]) / looked : (1.0 + hits[k]) / (1.0 + draws);
      p[k] = Double.isNaN(observed[k]) ? Double.NaN : share;
    }
    return new PairedPermutation(p, pairs, exact, draws);
  }

  /** The least p that is possible with so many pairs and draws. */
  public double least() {
    double all = Math.min(1, Math.pow(2, 1.0 - pairs));
    return exact ? all : Math.max(all, 1.0 / (1 + draws));
  }

  private static boolean[] bits(int number, int pairs) {
    boolean[] bits = new boolean[pairs];
    for (int i = 1; i < pairs; i++) {
      bits[i] = (number >> (i - 1) & 1) == 1;
    }
    return bits;
  }

  private static boolean[] below(double[] coins, int pairs) {
    boolean[] bits = new boolean[pairs];
    for (int i = 0; i < pairs; i++) {
      bits[i] = coins[i] >= 0.5;
    }
    return bits;
  }
}
