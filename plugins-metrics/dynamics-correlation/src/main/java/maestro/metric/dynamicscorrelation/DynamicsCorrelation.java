package maestro.metric.dynamicscorrelation;

import java.util.List;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.StyleControl;
import maestro.api.host.OnDemand;
import maestro.api.host.PluginRegistry;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.RunContext;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.statistics.Correlation;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Pearson's correlation of the level of the generated clips with the level that was asked for
 * (paper, section 4.2.2): micro, the mean of the clips' own r; macro, one r over the frames of all
 * clips.
 *
 * <p>The level is heard by {@code control.dynamics} with its default settings, smoothed dB, over
 * the common length. Clips whose level does not move, asked for or heard, have no r; micro leaves
 * them out and says how many. Refuses an item without a dynamics control.
 */
@Component
@Plugin(name = "metric.dynamics-correlation", paper = "4.2.2", needs = DynamicsCorrelation.CONTROL)
public final class DynamicsCorrelation implements Metric {
  static final String CONTROL = "control.dynamics";
  private static final Measure MICRO =
      new Measure("dynamics correlation (micro)", "%", Measure.Direction.HIGHER);
  private static final Measure MACRO =
      new Measure("dynamics correlation (macro)", "%", Measure.Direction.HIGHER);

  /** A variance below this is round-off of a level that stands still. */
  private static final double STILL = 1e-8;

  private final OnDemand<StyleControl> control;

  /** Made by Declarative Services. */
  @Activate
  public DynamicsCorrelation(@Reference PluginRegistry registry) {
    this.control = OnDemand.lease(registry, StyleControl.class, CONTROL);
  }

  DynamicsCorrelation(StyleControl control) {
    this.control = OnDemand.of(control);
  }

  @Deactivate
  void close() {
    control.close();
  }

  @Override
  public List<Measure> measures() {
    return List.of(MICRO, MACRO);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    ControlSignal asked = item.asked(CONTROL, "metric.dynamics-correlation");
    ControlSignal heard = control.get().extract(item.generated(), item.grid());
    int frames = Math.min(asked.frames(), heard.frames());
    float[] curves = new float[2 * frames];
    System.arraycopy(asked.values(), 0, curves, 0, frames);
    System.arraycopy(heard.values(), 0, curves, frames, frames);
    return NamedTensors.of("asked, heard", FloatTensor.of(curves, 2, frames));
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    Correlation all = new Correlation();
    double sum = 0;
    int clips = 0;
    for (MetricSample sample : samples) {
      FloatTensor curves = sample.values().get("asked, heard");
      int frames = curves.axis(1);
      Correlation clip = new Correlation();
      for (int t = 0; t < frames; t++) {
        clip.add(curves.values()[t], curves.values()[frames + t]);
      }
      all.add(clip);
      double r = clip.r(STILL);
      if (!Double.isNaN(r)) {
        sum += r;
        clips++;
      }
    }
    int still = samples.size() - clips;
    String leftOut = still == 0 ? "" : still + " clips of constant level left out";
    String none = samples.isEmpty() ? "no clips" : "the level of no clip moves";
    double macro = all.r(STILL);
    return List.of(
        clips == 0
            ? new Measurement(MICRO, Double.NaN, 0, none)
            : new Measurement(MICRO, 100 * sum / clips, clips, leftOut),
        Double.isNaN(macro)
            ? new Measurement(MACRO, Double.NaN, samples.size(), none)
            : new Measurement(MACRO, 100 * macro, samples.size(), ""));
  }
}
