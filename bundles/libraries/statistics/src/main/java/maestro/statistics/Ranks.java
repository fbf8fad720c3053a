package maestro.statistics;

import java.util.Arrays;

/** Ranks of values from 1; equal values share the mean of theirs. */
public final class Ranks {
  private Ranks() {}

  /** The rank of each value. */
  public static double[] of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] ranks = new double[values.length];
    for (int i = 0; i < ranks.length; i++) {
      int first = Arrays.binarySearch(sorted, values[i]);
      int last = first;
      while (first > 0 && sorted[first - 1] == values[i]) {
        first--;
      }
      while (last + 1 < sorted.length && sorted[last + 1] == values[i]) {
        last++;
      }
      ranks[i] = (first + last) / 2.0 + 1;
    }
    return ranks;
  }
}
