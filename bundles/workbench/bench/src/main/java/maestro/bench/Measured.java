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
  /** Opens a stage, runs it once and then some times more, and closes it. */
  static Measured of(Supplier<OpenedStage> stage, int runs, Cancellation cancellation) {
    System.gc();
    Machine.forgetPeak();
    long start = System.nanoTime();
    OpenedStage opened = stage.get();
    try {
      opened.work().run();
      double first = seconds(start);
      List<Double> times = new ArrayList<>();
      List<Double> processor = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        cancellation.check();
        double used = Machine.processorSeconds();
        start = System.nanoTime();
        opened.work().run();
        times.add(seconds(start));
        processor.add(Machine.processorSeconds() - used);
      }
      double median = median(times);
      return new Measured(
          Math.max(0, first - median),
          median,
          Collections.min(times),
          median(processor),
          opened.frames().getAsLong() / median,
          Machine.peak());
    } finally {
      opened.close().run();
    }
  }

  private static double median(List<Double> values) {
    return Quantiles.of(values.stream().mapToDouble(Double::doubleValue).toArray()).median();
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
