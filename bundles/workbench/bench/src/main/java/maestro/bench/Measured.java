package maestro.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import maestro.runtime.command.Cancellation;
import maestro.statistics.Quantiles;

/**
 * What was measured of a stage.
 *
 * @param loadSeconds to the first result, less one run
 * @param seconds median of the runs after the first
 * @param fastest of these
 * @param processorSeconds of all threads, median of the runs after the first
 * @param framesPerSecond frames of film looked at in a second, 0 when it is no film
 * @param peakBytes largest resident memory of the process meanwhile, −1 when unknown
 */
record Measured(
    double loadSeconds,
    double seconds,
    double fastest,
    double processorSeconds,
    double framesPerSecond,
    long peakBytes) {
  /**
   * Opens stages, runs each once and then some times more in turn, and closes them. What the
   * machine does besides falls on all alike.
   */
  static List<Measured> of(
      List<Supplier<OpenedStage>> stages, int runs, Cancellation cancellation) {
    System.gc();
    Machine.forgetPeak();
    List<Series> all = new ArrayList<>();
    try {
      for (Supplier<OpenedStage> stage : stages) {
        all.add(new Series(stage));
      }
      for (int i = 0; i < runs; i++) {
        for (Series one : all) {
          cancellation.check();
          one.run();
        }
      }
      return all.stream().map(Series::measured).toList();
    } finally {
      all.forEach(one -> one.opened.close().run());
    }
  }

  /** The runs of one stage. */
  private static final class Series {
    private final OpenedStage opened;
    private final double first;
    private final List<Double> times = new ArrayList<>();
    private final List<Double> processor = new ArrayList<>();

    Series(Supplier<OpenedStage> stage) {
      long start = System.nanoTime();
      opened = stage.get();
      opened.work().run();
      first = seconds(start);
    }

    void run() {
      double used = Machine.processorSeconds();
      long start = System.nanoTime();
      opened.work().run();
      times.add(seconds(start));
      processor.add(Machine.processorSeconds() - used);
    }

    Measured measured() {
      double median = median(times);
      return new Measured(
          Math.max(0, first - median),
          median,
          Collections.min(times),
          median(processor),
          opened.frames().getAsLong() / median,
          Machine.peak());
    }
  }

  private static double median(List<Double> values) {
    return Quantiles.of(values.stream().mapToDouble(Double::doubleValue).toArray()).median();
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
