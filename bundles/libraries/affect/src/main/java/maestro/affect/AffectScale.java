package maestro.affect;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.statistics.Quantiles;

/**
 * Where raw figures stand among those of a corpus: −1 for its least, 0 for its median, 1 for its
 * greatest. Two corpora that are each ranked by themselves can so be set side by side, whatever
 * their figures measure.
 *
 * @param quantiles for each dimension of {@link #DIMENSIONS}, evenly spaced from the least to the
 *     greatest, at least two, never falling
 */
public record AffectScale(double[][] quantiles) {
  /** The dimensions, in order. */
  public static final List<String> DIMENSIONS =
      List.of("energy", "pace", "brightness", "warmth", "tension");

  private static final int QUANTILES = 33;

  /** Checks the table. */
  public AffectScale {
    quantiles = Arrays.stream(quantiles).map(double[]::clone).toArray(double[][]::new);
    if (quantiles.length != DIMENSIONS.size()) {
      throw new IllegalArgumentException(
          "affect: " + quantiles.length + " dimensions, must be " + DIMENSIONS.size());
    }
    for (double[] row : quantiles) {
      if (row.length < 2) {
        throw new IllegalArgumentException("affect: fewer than two quantiles");
      }
      for (int i = 0; i < row.length; i++) {
        if (!Double.isFinite(row[i]) || i > 0 && row[i] < row[i - 1]) {
          throw new IllegalArgumentException("affect: quantiles must be finite and never fall");
        }
      }
    }
  }

  /**
   * The scale of a corpus, with 33 quantiles.
   *
   * @param raw figures {@code [examples][dimensions]}, at least one example
   */
  public static AffectScale of(List<double[]> raw) {
    return of(raw, QUANTILES);
  }

  /**
   * The scale of a corpus.
   *
   * @param raw figures {@code [examples][dimensions]}, at least one example
   * @param count of quantiles in each dimension, at least two
   */
  public static AffectScale of(List<double[]> raw, int count) {
    double[][] quantiles = new double[DIMENSIONS.size()][count];
    for (int d = 0; d < quantiles.length; d++) {
      int dimension = d;
      Quantiles corpus =
          new Quantiles(raw.stream().mapToDouble(figures -> figures[dimension]).sorted().toArray());
      for (int q = 0; q < count; q++) {
        quantiles[d][q] = corpus.at((double) q / (count - 1));
      }
    }
    return new AffectScale(quantiles);
  }

  /**
   * A scale as JSON has it.
   *
   * @param quantiles for each of {@link #DIMENSIONS} by name, a list of numbers
   */
  public static AffectScale of(Map<?, ?> quantiles) {
    return new AffectScale(
        DIMENSIONS.stream()
            .map(
                name ->
                    ((List<?>) quantiles.get(name))
                        .stream().mapToDouble(one -> ((Number) one).doubleValue()).toArray())
            .toArray(double[][]::new));
  }

  /** The same as JSON. */
  public Map<String, List<Double>> toJson() {
    Map<String, List<Double>> json = new LinkedHashMap<>();
    for (int d = 0; d < quantiles.length; d++) {
      json.put(DIMENSIONS.get(d), Arrays.stream(quantiles[d]).boxed().toList());
    }
    return json;
  }

  /**
   * The raw figures at some ranks, straight lines between the quantiles.
   *
   * @param ranks −1 … 1 in each dimension
   */
  public float[] at(float[] ranks) {
    float[] raw = new float[quantiles.length];
    for (int d = 0; d < raw.length; d++) {
      int last = quantiles[d].length - 1;
      double place = Math.max(0, Math.min(1, (ranks[d] + 1) / 2.0)) * last;
      int below = Math.min((int) place, last - 1);
      double above = quantiles[d][below + 1];
      raw[d] = (float) (quantiles[d][below] + (place - below) * (above - quantiles[d][below]));
    }
    return raw;
  }

  /**
   * Ranks raw figures.
   *
   * @return −1 … 1 in each dimension, straight lines between the quantiles
   */
  public float[] rank(double[] raw) {
    float[] ranks = new float[quantiles.length];
    for (int d = 0; d < ranks.length; d++) {
      ranks[d] = (float) (2 * rank(quantiles[d], raw[d]) - 1);
    }
    return ranks;
  }

  /** 0 … 1; in the middle of a run of equal quantiles. */
  private static double rank(double[] row, double value) {
    int last = row.length - 1;
    int below = 0; // quantiles less than the value
    while (below <= last && row[below] < value) {
      below++;
    }
    int upTo = below; // quantiles not greater
    while (upTo <= last && row[upTo] <= value) {
      upTo++;
    }
    if (upTo > below) {
      return (below + upTo - 1) / 2.0 / last;
    }
    if (below == 0) {
      return 0;
    }
    if (below > last) {
      return 1;
    }
    double step = row[below] - row[below - 1];
    return (below - 1 + (value - row[below - 1]) / step) / last;
  }
}
