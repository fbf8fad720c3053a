package maestro.api.metric;

import java.util.List;
import maestro.api.run.RunContext;
import maestro.api.tensor.NamedTensors;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Judges generated music, clip by clip or set against set (paper, section 4.2), in two steps.
 *
 * <p>{@link #sample} does the dear part once for each item and keeps only what the figures need, a
 * few numbers or embeddings: the host may store it under a digest of the item and this metric.
 * {@link #summarise} makes the figures of a set from the samples alone: it is cheap, so that
 * bootstrap intervals and paired tests call it many times. Thread-safe.
 */
@ConsumerType
public interface Metric {
  /** What {@link #summarise} measures. */
  List<Measure> measures();

  /**
   * What this metric keeps of one item.
   *
   * @return small named tensors
   * @throws maestro.api.MaestroException of kind INPUT when the item lacks what this metric needs,
   *     of kind CONFIGURATION when weights are missing
   */
  NamedTensors sample(MetricItem item, RunContext run);

  /**
   * The figures of a set.
   *
   * @param samples of one method, in the order of the item ids; may be empty, and may hold an item
   *     twice (bootstrap)
   * @return one for each of {@link #measures()}, in that order; figures of single classes may
   *     follow
   */
  List<Measurement> summarise(List<MetricSample> samples, RunContext run);
}
