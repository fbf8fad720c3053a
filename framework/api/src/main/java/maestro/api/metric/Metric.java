package maestro.api.metric;

import java.util.List;
import maestro.api.run.RunContext;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Judges generated music, clip by clip or set against set (paper, section 4.2). Memory does not
 * grow with the set.
 */
@ConsumerType
public interface Metric {
  /** What {@link Evaluation#finish()} will measure. */
  List<Measure> measures();

  /** Begins an evaluation of one method. */
  Evaluation open(RunContext run);

  /** One evaluation under way. Not thread-safe. */
  interface Evaluation extends AutoCloseable {
    /**
     * Takes one item.
     *
     * @throws maestro.api.MaestroException of kind INPUT when the item lacks what this metric needs
     */
    void add(MetricItem item);

    /**
     * The figures, in the order of {@link Metric#measures()}; more may follow for single classes.
     */
    List<Measurement> finish();

    @Override
    default void close() {}
  }
}
