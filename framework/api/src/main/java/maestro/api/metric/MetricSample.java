package maestro.api.metric;

import java.util.Optional;
import maestro.api.tensor.NamedTensors;

/**
 * What a metric kept of one item.
 *
 * @param id name of the item
 * @param style class of style, if known
 * @param values as {@link Metric#sample} returned them
 */
public record MetricSample(String id, Optional<String> style, NamedTensors values) {}
