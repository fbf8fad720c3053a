package maestro.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holm's step-down correction (1979) for several tests at once: the chance of even one false
 * rejection among all of them stays below the level, whatever hangs together with what.
 */
public final class Holm {
  private Holm() {}

  /**
   * Corrects the p of all tests of a family.
   *
   * @param p of each test, 0 … 1; NaN where there was none to make, which does not count
   * @return p after the correction, in the same order, never below its own and at most 1
   */
  public static double[] adjusted(double... p) {
    double[] adjusted = p.clone();
    List<Integer> order =
        IntStream.range(0, p.length)
            .filter(i -> !Double.isNaN(p[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .toList();
    double most = 0;
    for (int k = 0; k < order.size(); k++) {
      most = Math.max(most, Math.min(1, (order.size() - k) * p[order.get(k)]));
      adjusted[order.get(k)] = most;
    }
    return adjusted;
  }
}
