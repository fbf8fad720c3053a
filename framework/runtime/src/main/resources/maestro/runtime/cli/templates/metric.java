package @package@;

import java.util.List;
import maestro.api.Plugin;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.RunContext;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import org.osgi.service.component.annotations.Component;

/** The mean over the clips of the root mean square of their samples. */
@Component
@Plugin(name = "@name@")
public final class @class@ implements Metric {
  private static final Measure LEVEL = new Measure("RMS", "", Measure.Direction.NONE);

  @Override
  public List<Measure> measures() {
    return List.of(LEVEL);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    double sum = 0;
    for (float sample : item.generated().channels()[0]) {
      sum += sample * sample;
    }
    float level = (float) Math.sqrt(sum / Math.max(1, item.generated().length()));
    return NamedTensors.of("rms", FloatTensor.of(new float[] {level}, 1));
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    double mean =
        samples.stream().mapToDouble(sample -> sample.values().get("rms").values()[0]).average().orElse(Double.NaN);
    return List.of(new Measurement(LEVEL, mean, samples.size(), samples.isEmpty() ? "no clips" : ""));
  }
}
