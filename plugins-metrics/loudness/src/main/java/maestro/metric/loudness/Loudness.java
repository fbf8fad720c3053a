package maestro.metric.loudness;

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
import maestro.signal.Bs1770;
import org.osgi.service.component.annotations.Component;

/**
 * Loudness of the generated clips after ITU-R BS.1770-4: integrated loudness, mean over clips, and
 * true peak, the highest of all. Not in the paper; neither way is better, but a difference between
 * methods sways listeners.
 *
 * <p>Takes any item. Silent clips and those below 0.4 s have no loudness; they are left out and
 * counted in the note.
 */
@Component
@Plugin(name = "metric.loudness")
public final class Loudness implements Metric {
  private static final Measure LOUDNESS =
      new Measure("integrated loudness", "LUFS", Measure.Direction.NONE);
  private static final Measure PEAK = new Measure("true peak", "dBTP", Measure.Direction.NONE);

  @Override
  public List<Measure> measures() {
    return List.of(LOUDNESS, PEAK);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    float[] values = {
      (float) Bs1770.loudness(item.generated()), (float) Bs1770.truePeak(item.generated())
    };
    return NamedTensors.of("loudness, peak", FloatTensor.of(values, 2));
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    double sum = 0;
    double peak = Double.NEGATIVE_INFINITY;
    int loud = 0;
    for (MetricSample sample : samples) {
      float[] values = sample.values().get("loudness, peak").values();
      if (Float.isFinite(values[0])) {
        sum += values[0];
        loud++;
      }
      peak = Math.max(peak, values[1]);
    }
    int silent = samples.size() - loud;
    String leftOut = silent == 0 ? "" : silent + " clips without loudness left out";
    String none = samples.isEmpty() ? "no clips" : "all clips are silent or shorter than 0.4 s";
    return List.of(
        loud == 0
            ? new Measurement(LOUDNESS, Double.NaN, 0, none)
            : new Measurement(LOUDNESS, sum / loud, loud, leftOut),
        peak == Double.NEGATIVE_INFINITY
            ? new Measurement(
                PEAK, Double.NaN, samples.size(), samples.isEmpty() ? none : "silence")
            : new Measurement(PEAK, peak, samples.size(), "highest of all clips"));
  }
}
