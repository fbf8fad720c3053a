package maestro.metric.onsetfmeasure;

import java.util.ArrayList;
import java.util.List;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
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
 * F-measure of the onsets of a generated sound against those its control asked for, as onset
 * detection is judged (MIREX; Raffel et al. 2014, mir_eval): an onset is met by one within 50 ms,
 * each by one at most; 2·hits over the number of both, mean over clips. Not in the paper, which has
 * no such control.
 *
 * <p>Both are heard by {@code control.onsets} with its default settings; an onset is a frame in
 * which its curve is highest. Busy music meets busy music by chance: compare with another clip's.
 *
 * <p>Refuses an item without an onsets control. Clips that ask for no onset are left out and
 * counted in the note.
 */
@Component
@Plugin(name = "metric.onset-f-measure", needs = OnsetFMeasure.CONTROL)
public final class OnsetFMeasure implements Metric {
  static final String CONTROL = "control.onsets";
  private static final String COUNTS = "asked, heard, hits";

  /** 50 ms. */
  private static final int TOLERANCE_FRAMES = 5;

  private static final Measure F_MEASURE =
      new Measure("onset F-measure", "%", Measure.Direction.HIGHER);

  private final OnDemand<StyleControl> control;

  /** Made by Declarative Services. */
  @Activate
  public OnsetFMeasure(@Reference PluginRegistry registry) {
    this.control = OnDemand.lease(registry, StyleControl.class, CONTROL);
  }

  OnsetFMeasure(StyleControl control) {
    this.control = OnDemand.of(control);
  }

  @Deactivate
  void close() {
    control.close();
  }

  @Override
  public List<Measure> measures() {
    return List.of(F_MEASURE);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    ControlSignal asked = item.asked(CONTROL, "metric.onset-f-measure");
    FrameGrid grid = item.grid();
    grid = grid.withFrames(Math.min(grid.frames(), asked.frames()));
    List<Integer> wanted = onsets(asked, grid.frames());
    List<Integer> heard = onsets(control.get().extract(item.generated(), grid), grid.frames());
    return NamedTensors.of(
        COUNTS, FloatTensor.of(new float[] {wanted.size(), heard.size(), hits(wanted, heard)}, 3));
  }

  /** Frames in which a curve is highest, among the first ones. */
  static List<Integer> onsets(ControlSignal curve, int frames) {
    List<Integer> onsets = new ArrayList<>();
    for (int t = 0; t < frames; t++) {
      float before = t == 0 ? 0 : curve.at(t - 1, 0);
      float after = t + 1 == frames ? 0 : curve.at(t + 1, 0);
      if (curve.at(t, 0) > before && curve.at(t, 0) >= after) {
        onsets.add(t);
      }
    }
    return onsets;
  }

  /** As many pairs within the tolerance as there can be: of rising frames, each takes its first. */
  static int hits(List<Integer> wanted, List<Integer> heard) {
    int hits = 0;
    int next = 0;
    for (int frame : wanted) {
      while (next < heard.size() && heard.get(next) < frame - TOLERANCE_FRAMES) {
        next++;
      }
      if (next < heard.size() && heard.get(next) <= frame + TOLERANCE_FRAMES) {
        hits++;
        next++;
      }
    }
    return hits;
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    double sum = 0;
    int clips = 0;
    for (MetricSample sample : samples) {
      float[] counts = sample.values().get(COUNTS).values();
      if (counts[0] > 0) {
        sum += 2 * counts[2] / (counts[0] + counts[1]);
        clips++;
      }
    }
    int still = samples.size() - clips;
    if (clips == 0) {
      String reason = samples.isEmpty() ? "no clips" : "no clip asks for an onset";
      return List.of(new Measurement(F_MEASURE, Double.NaN, 0, reason));
    }
    String leftOut = still == 0 ? "" : "left out, since they ask for no onset: " + still;
    return List.of(new Measurement(F_MEASURE, 100 * sum / clips, clips, leftOut));
  }
}
