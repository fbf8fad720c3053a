package maestro.metric.tonality;

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

/**
 * What long windows hear of notes: windows of half a second over the whole band, where {@code
 * metric.melody-accuracy} has an eighth of a second above middle C, after the paper. Not in the
 * paper; measures of our own. Figures are means over clips.
 *
 * <ul>
 *   <li>Chroma accuracy: share of the audible frames of the real music whose strongest pitch class
 *       (librosa's chroma filter bank) is that of the generated one at the same time.
 *   <li>Bass clarity: share of the audible frames whose bass is one clear note ({@link Bass}).
 *   <li>Chord clarity: how much more the chroma is like a triad than like other sets of three notes
 *       ({@link Triads}), mean over the audible frames.
 * </ul>
 *
 * <p>Takes any item; one without a reference counts in the last two only. Clips that are silent or
 * shorter than a window are left out and counted in the note.
 */
@Component
@Plugin(name = "metric.tonality")
public final class Tonality implements Metric {
  private static final String FIGURES = "chroma, bass, chords";
  private static final String SHORT = "are silent or shorter than 0.51 s";

  private static final Measure CHROMA =
      new Measure("chroma accuracy", "%", Measure.Direction.HIGHER);
  private static final Measure BASS = new Measure("bass clarity", "%", Measure.Direction.NONE);
  private static final Measure CHORDS = new Measure("chord clarity", "", Measure.Direction.NONE);

  @Override
  public List<Measure> measures() {
    return List.of(CHROMA, BASS, CHORDS);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    Harmony own = Harmony.of(item.generated());
    double chroma = item.reference().map(Harmony::of).map(own::agreement).orElse(Double.NaN);
    float[] figures = {
      (float) (100 * chroma), (float) (100 * own.bassClarity()), (float) own.chordClarity()
    };
    return NamedTensors.of(FIGURES, FloatTensor.of(figures, figures.length));
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    return List.of(
        mean(CHROMA, samples, 0, "have no real music beside them, or " + SHORT),
        mean(BASS, samples, 1, SHORT),
        mean(CHORDS, samples, 2, SHORT));
  }

  private static Measurement mean(
      Measure measure, List<MetricSample> samples, int figure, String why) {
    double[] values =
        samples.stream()
            .mapToDouble(sample -> sample.values().get(FIGURES).values()[figure])
            .toArray();
    return Measurement.mean(measure, values, why);
  }
}
