package maestro.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import maestro.api.metric.Measurement;
import maestro.api.metric.MetricSample;
import maestro.api.run.Noise;
import maestro.statistics.PairedPermutation;
import maestro.statistics.Quantiles;

/**
 * Intervals and tests that work for every metric, also for those of whole sets, because they only
 * resample items.
 *
 * <p>Interval: percentile bootstrap over items (Efron 1979). Test of two methods on the same items:
 * {@link PairedPermutation}, exact for few. The paper reports neither.
 */
public final class Figures {
  private Figures() {}

  /**
   * A figure with its interval.
   *
   * @param measurement of the whole set
   * @param low lower end of the 95 % interval, NaN when there is none
   * @param high upper end
   */
  public record Figure(Measurement measurement, double low, double high) {}

  /**
   * All figures of a set with their intervals.
   *
   * @param samples of one method
   * @param summarise the metric's cheap half
   * @param draws bootstrap draws; 0 for no interval
   * @param seed of the draws
   */
  public static List<Figure> of(
      List<MetricSample> samples,
      Function<List<MetricSample>, List<Measurement>> summarise,
      int draws,
      long seed) {
    List<Measurement> whole = summarise.apply(samples);
    double[][] drawn = new double[whole.size()][samples.size() < 2 ? 0 : draws];
    for (int draw = 0; draw < (samples.size() < 2 ? 0 : draws); draw++) {
      double[] at = new Noise(seed).uniform("bootstrap." + draw, samples.size());
      List<MetricSample> resampled = new ArrayList<>(samples.size());
      for (double u : at) {
        resampled.add(samples.get((int) (u * samples.size())));
      }
      List<Measurement> figures = summarise.apply(resampled);
      for (int k = 0; k < whole.size(); k++) {
        drawn[k][draw] = valueOf(whole.get(k), k, figures);
      }
    }
    List<Figure> figures = new ArrayList<>();
    for (int k = 0; k < whole.size(); k++) {
      Quantiles finite = Quantiles.of(drawn[k]);
      int count = finite.sorted().length;
      boolean enough = count > 0 && count >= drawn[k].length * 9 / 10;
      figures.add(
          new Figure(
              whole.get(k),
              enough ? finite.at(0.025) : Double.NaN,
              enough ? finite.at(0.975) : Double.NaN));
    }
    return figures;
  }

  /**
   * A figure of a draw; classes may be missing from a draw, so it is looked up by name when the
   * place has changed.
   */
  private static double valueOf(Measurement wanted, int place, List<Measurement> figures) {
    if (place < figures.size() && figures.get(place).measure().equals(wanted.measure())) {
      return figures.get(place).value();
    }
    return figures.stream()
        .filter(figure -> figure.measure().equals(wanted.measure()))
        .mapToDouble(Measurement::value)
        .findFirst()
        .orElse(Double.NaN);
  }

  /**
   * The chance that two methods that do not differ would differ as much as these do, for each
   * measure.
   *
   * @param first samples of one method
   * @param second samples of the other; only items that both have are used
   * @param draws exchanges to look at, at least 1; with fewer pairs all are and p is exact
   * @return tests by name of measure, in the metric's order, not corrected for their number
   */
  static Map<String, PairedTests.Test> compare(
      List<MetricSample> first,
      List<MetricSample> second,
      Function<List<MetricSample>, List<Measurement>> summarise,
      int draws,
      long seed) {
    Map<String, MetricSample> other = new HashMap<>();
    second.forEach(sample -> other.put(sample.id(), sample));
    List<MetricSample> a = first.stream().filter(sample -> other.containsKey(sample.id())).toList();
    List<MetricSample> b = a.stream().map(sample -> other.get(sample.id())).toList();
    List<Integer> pairs =
        IntStream.range(0, a.size()).filter(i -> differ(a.get(i), b.get(i))).boxed().toList();
    PairedPermutation test =
        PairedPermutation.of(
            pairs.size(),
            draws,
            draw -> new Noise(seed).uniform("permutation." + draw, pairs.size()),
            exchanged -> differences(a, b, pairs, exchanged, summarise));
    Map<String, PairedTests.Test> tests = new LinkedHashMap<>();
    List<Measurement> names = summarise.apply(a);
    for (int k = 0; k < test.p().length; k++) {
      double p = a.isEmpty() ? Double.NaN : test.p()[k];
      tests.put(
          names.get(k).measure().name(),
          new PairedTests.Test(p, Double.NaN, test.pairs(), test.exact(), test.least()));
    }
    return tests;
  }

  /** Whether two methods made different things of an item. */
  private static boolean differ(MetricSample a, MetricSample b) {
    return !a.values().tensors().equals(b.values().tensors());
  }

  private static double[] differences(
      List<MetricSample> a,
      List<MetricSample> b,
      List<Integer> pairs,
      boolean[] exchanged,
      Function<List<MetricSample>, List<Measurement>> summarise) {
    List<MetricSample> left = new ArrayList<>(a);
    List<MetricSample> right = new ArrayList<>(b);
    for (int k = 0; k < exchanged.length; k++) {
      if (exchanged[k]) {
        left.set(pairs.get(k), b.get(pairs.get(k)));
        right.set(pairs.get(k), a.get(pairs.get(k)));
      }
    }
    return differences(summarise.apply(left), summarise.apply(right));
  }

  private static double[] differences(List<Measurement> a, List<Measurement> b) {
    double[] differences = new double[Math.min(a.size(), b.size())];
    for (int k = 0; k < differences.length; k++) {
      differences[k] = valueOf(a.get(k), k, b) - a.get(k).value();
    }
    return differences;
  }
}
