package maestro.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import maestro.api.metric.Measurement;
import maestro.api.metric.MetricSample;
import maestro.api.run.Noise;

/**
 * Intervals and tests that work for every metric, also for those of whole sets, because they only
 * resample items.
 *
 * <p>Interval: percentile bootstrap over items (Efron 1979). Test of two methods on the same items:
 * the two-sided permutation test that swaps the methods' samples item by item (Fisher 1935), with p
 * = (1 + hits)/(1 + draws) so that it is never 0 (Phipson and Smyth 2010). The paper reports
 * neither.
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
      double[] finite = Arrays.stream(drawn[k]).filter(Double::isFinite).sorted().toArray();
      boolean enough = finite.length > 0 && finite.length >= drawn[k].length * 9 / 10;
      figures.add(
          new Figure(
              whole.get(k),
              enough ? quantile(finite, 0.025) : Double.NaN,
              enough ? quantile(finite, 0.975) : Double.NaN));
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
   * Quantile of sorted values, linear between order statistics (Hyndman and Fan's type 7, as
   * numpy's default).
   */
  static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /**
   * The chance that two methods that do not differ would differ as much as these do, for each
   * measure.
   *
   * @param first samples of one method
   * @param second samples of the other; only items that both have are used
   * @return p by name of measure, in the metric's order; NaN when a figure is undefined or no item
   *     is shared
   */
  public static Map<String, Double> compare(
      List<MetricSample> first,
      List<MetricSample> second,
      Function<List<MetricSample>, List<Measurement>> summarise,
      int draws,
      long seed) {
    Map<String, MetricSample> other = new HashMap<>();
    second.forEach(sample -> other.put(sample.id(), sample));
    List<MetricSample> a = first.stream().filter(sample -> other.containsKey(sample.id())).toList();
    List<MetricSample> b = a.stream().map(sample -> other.get(sample.id())).toList();
    double[] observed = differences(summarise.apply(a), summarise.apply(b));
    int[] hits = new int[observed.length];
    for (int draw = 0; draw < draws && !a.isEmpty(); draw++) {
      double[] coin = new Noise(seed).uniform("permutation." + draw, a.size());
      List<MetricSample> left = new ArrayList<>();
      List<MetricSample> right = new ArrayList<>();
      for (int i = 0; i < coin.length; i++) {
        left.add(coin[i] < 0.5 ? a.get(i) : b.get(i));
        right.add(coin[i] < 0.5 ? b.get(i) : a.get(i));
      }
      double[] difference = differences(summarise.apply(left), summarise.apply(right));
      for (int k = 0; k < hits.length; k++) {
        hits[k] += Math.abs(difference[k]) >= Math.abs(observed[k]) * (1 - 1e-12) ? 1 : 0;
      }
    }
    Map<String, Double> p = new java.util.LinkedHashMap<>();
    List<Measurement> names = summarise.apply(a);
    for (int k = 0; k < observed.length; k++) {
      p.put(
          names.get(k).measure().name(),
          a.isEmpty() || Double.isNaN(observed[k]) ? Double.NaN : (1.0 + hits[k]) / (1.0 + draws));
    }
    return p;
  }

  private static double[] differences(List<Measurement> a, List<Measurement> b) {
    double[] differences = new double[Math.min(a.size(), b.size())];
    for (int k = 0; k < differences.length; k++) {
      differences[k] = valueOf(a.get(k), k, b) - a.get(k).value();
    }
    return differences;
  }
}
