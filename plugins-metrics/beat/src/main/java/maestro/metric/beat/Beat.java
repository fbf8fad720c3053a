package maestro.metric.beat;

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
import maestro.signal.Onsets;
import maestro.signal.Padding;
import maestro.signal.Waveforms;
import org.osgi.service.component.annotations.Component;

/**
 * Whether there is a beat, and how the onsets lie, whatever the real music does ({@code
 * metric.rhythm} compares with that). Not in the paper. Figures are means over clips.
 *
 * <ul>
 *   <li>Beat regularity: how strongly the onset envelope repeats at its best beat period ({@link
 *       Pulse}), the autocorrelation of Ellis 2007. A metronome has 1, noise about 0.15.
 *   <li>Onset interval variation: standard deviation of the intervals between onsets (N − 1) over
 *       their mean. 0 for equal ones, 1 for events that know nothing of each other.
 *   <li>Onsets a second.
 * </ul>
 *
 * <p>Onset envelope and onsets are those of librosa's {@code onset_strength} and {@code
 * onset_detect}. Takes any item. Neither way is better: music lies between. Clips that are silent,
 * or too short, are left out and counted in the note.
 */
@Component
@Plugin(name = "metric.beat")
public final class Beat implements Metric {
  private static final String FIGURES = "regularity, variation, rate";
  private static final int LEAST_ONSETS = 4;

  private static final Measure REGULARITY =
      new Measure("beat regularity", "", Measure.Direction.NONE);
  private static final Measure VARIATION =
      new Measure("onset interval variation", "", Measure.Direction.NONE);
  private static final Measure RATE = new Measure("onsets a second", "1/s", Measure.Direction.NONE);

  @Override
  public List<Measure> measures() {
    return List.of(REGULARITY, VARIATION, RATE);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    float[] samples = Waveforms.mono(item.generated(), Onsets.SAMPLE_RATE_HZ);
    float[] figures = {Float.NaN, Float.NaN, Float.NaN};
    if (Waveforms.peak(samples) > 0) {
      double[] strength = Onsets.strength(samples, Padding.ZERO);
      figures[0] = (float) Pulse.regularity(strength);
      int[] onsets =
          Onsets.normalise(strength) ? Onsets.pick(strength, Onsets.Peaks.LIBROSA) : new int[0];
      figures[1] = (float) variation(onsets);
      figures[2] = (float) onsets.length * Onsets.SAMPLE_RATE_HZ / samples.length;
    }
    return NamedTensors.of(FIGURES, FloatTensor.of(figures, figures.length));
  }

  /** Standard deviation of the intervals over their mean; NaN for fewer than four onsets. */
  static double variation(int[] onsets) {
    if (onsets.length < LEAST_ONSETS) {
      return Double.NaN;
    }
    int intervals = onsets.length - 1;
    double mean = (double) (onsets[intervals] - onsets[0]) / intervals;
    double squares = 0;
    for (int i = 0; i < intervals; i++) {
      double difference = onsets[i + 1] - onsets[i] - mean;
      squares += difference * difference;
    }
    return Math.sqrt(squares / (intervals - 1)) / mean;
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    return List.of(
        mean(REGULARITY, samples, 0, "are still or shorter than 6 s"),
        mean(VARIATION, samples, 1, "have fewer than " + LEAST_ONSETS + " onsets"),
        mean(RATE, samples, 2, "are silent"));
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
