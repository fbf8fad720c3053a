package maestro.graph.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long the nodes of a job take, for the time that is left of the whole job. What a node took in
 * an earlier job of this process counts until this job has a figure of its own. Thread-safe.
 */
final class Durations {
  private final Map<String, Double> earlier;
  private final Map<String, Integer> left = new LinkedHashMap<>();
  private final Map<String, double[]> seconds = new HashMap<>(); // sum and count

  /**
   * Durations of one job.
   *
   * @param earlier seconds a value, by node, shared by all jobs of a graph; this one adds to it
   */
  Durations(Map<String, Double> earlier) {
    this.earlier = earlier;
  }

  /** Says how many values each node will give. */
  synchronized void expect(Map<String, Integer> valuesByNode) {
    left.putAll(valuesByNode);
  }

  /** One value need not be made. */
  synchronized void kept(String node) {
    left.computeIfPresent(node, (id, count) -> count - 1);
  }

  /** One value was made. */
  synchronized void done(String node, Duration took) {
    kept(node);
    double[] own = seconds.computeIfAbsent(node, first -> new double[2]);
    own[0] += took.toNanos() / 1e9;
    own[1]++;
    earlier.put(node, own[0] / own[1]);
  }

  /**
   * What is left of the job.
   *
   * @param node the one that speaks
   * @param share of its present value that is done, 0 … 1
   * @param since it began
   * @return empty while nobody knows how long some node takes
   */
  synchronized Optional<Duration> remaining(String node, double share, Duration since) {
    double total = 0;
    for (Map.Entry<String, Integer> open : left.entrySet()) {
      if (open.getValue() > 0) {
        boolean own = open.getKey().equals(node);
        double each =
            own && share > 0
                ? since.toNanos() / 1e9 / share
                : earlier.getOrDefault(open.getKey(), Double.NaN);
        total += each * (open.getValue() - (own ? share : 0));
      }
    }
    return Double.isNaN(total)
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Math.round(total * 1000)));
  }
}
