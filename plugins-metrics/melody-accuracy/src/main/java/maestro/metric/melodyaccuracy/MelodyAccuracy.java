package maestro.metric.melodyaccuracy;

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
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Share of frames whose strongest pitch class is the one the control asked for, mean over clips
 * (paper, section 4.2.2).
 *
 * <p>The melody of the generated sound is heard by {@code control.melody} with its default settings
 * and compared over the common length. The paper does not say what to do with frames that ask for
 * nothing (an all-zero row): they are left out. Frames that ask for a pitch class and have none
 * count as wrong. Chance is 8.3 %.
 *
 * <p>Refuses an item without a melody control. Clips that ask for nothing at all are left out and
 * counted in the note.
 */
@Component
@Plugin(name = "metric.melody-accuracy", paper = "4.2.2", needs = MelodyAccuracy.CONTROL)
public final class MelodyAccuracy implements Metric {
  static final String CONTROL = "control.melody";
  private static final Measure ACCURACY =
      new Measure("melody accuracy", "%", Measure.Direction.HIGHER);

  private final OnDemand<StyleControl> control;

  /** Made by Declarative Services. */
  @Activate
  public MelodyAccuracy(@Reference PluginRegistry registry) {
    this.control = OnDemand.lease(registry, StyleControl.class, CONTROL);
  }

  MelodyAccuracy(StyleControl control) {
    this.control = OnDemand.of(control);
  }

  @Deactivate
  void close() {
    control.close();
  }

  @Override
  public List<Measure> measures() {
    return List.of(ACCURACY);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    ControlSignal asked = item.asked(CONTROL, "metric.melody-accuracy");
    ControlSignal heard = control.get().extract(item.generated(), item.grid());
    float[] counts = count(asked, heard);
    return NamedTensors.of("asked, hit", FloatTensor.of(counts, 2));
  }

  /** Frames that ask for a pitch class, and those that have it. */
  static float[] count(ControlSignal asked, ControlSignal heard) {
    float[] counts = new float[2];
    for (int t = 0; t < Math.min(asked.frames(), heard.frames()); t++) {
      int wanted = asked.argmax(t);
      if (wanted >= 0) {
        counts[0]++;
        counts[1] += heard.argmax(t) == wanted ? 1 : 0;
      }
    }
    return counts;
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    double sum = 0;
    int clips = 0;
    for (MetricSample sample : samples) {
      float[] counts = sample.values().get("asked, hit").values();
      if (counts[0] > 0) {
        sum += counts[1] / counts[0];
        clips++;
      }
    }
    int silent = samples.size() - clips;
    String leftOut = silent == 0 ? "" : silent + " clips that ask for no melody left out";
    return List.of(
        clips == 0
            ? new Measurement(
                ACCURACY,
                Double.NaN,
                0,
                samples.isEmpty() ? "no clips" : "no clip asks for a melody")
            : new Measurement(ACCURACY, 100 * sum / clips, clips, leftOut));
  }
}
