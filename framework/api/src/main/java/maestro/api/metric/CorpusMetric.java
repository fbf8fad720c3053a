package maestro.api.metric;

import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.NamedTensors;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A metric that compares each item with a whole body of real music: the training music of an
 * experiment's dataset, or all of a folder. Offered as a {@link Metric}.
 */
@ConsumerType
public interface CorpusMetric extends Metric {
  /**
   * What this metric keeps of one piece. The host stores it, as it does {@link #sample}, and hands
   * it back in {@link MetricItem#corpus()}.
   *
   * @return a few named tensors
   */
  NamedTensors listen(Sound piece, RunContext run);
}
