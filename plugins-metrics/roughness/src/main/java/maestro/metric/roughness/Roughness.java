package maestro.metric.roughness;

import java.util.List;
import maestro.api.Plugin;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.signal.LongSpectrum;
import org.osgi.service.component.annotations.Component;

/**
 * Roughness: the sensory dissonance of the peaks of long windows ({@link Dissonance}), four frames
 * a second, mean over the audible frames of a clip, then over clips. Not in the paper. Neither way
 * is better: a sine has 0, white noise about 2.8, music lies between.
 *
 * <p>Takes any item. Clips that are silent or shorter than 0.51 s are left out and counted in the
 * note.
 */
@Component
@Plugin(name = "metric.roughness")
public final class Roughness implements Metric {
  private static final String ROUGHNESS = "roughness";
  private static final Measure MEASURE = new Measure("roughness", "", Measure.Direction.NONE);
  private static final LongSpectrum SPECTRUM = new LongSpectrum(4096);
  private static final double BIN_HZ = (double) LongSpectrum.SAMPLE_RATE_HZ / LongSpectrum.WINDOW;

  @Override
  public List<Measure> measures() {
    return List.of(MEASURE);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    float roughness = (float) of(item.generated());
    return NamedTensors.of(ROUGHNESS, FloatTensor.of(new float[] {roughness}, 1));
  }

  /** Mean over the audible frames; NaN when there are none. */
  static double of(Sound sound) {
    int frames = SPECTRUM.frames(sound);
    double[] powers = new double[frames];
    double[] roughness = new double[frames];
    SPECTRUM.forEach(
        sound,
        (t, power) -> {
          powers[t] = LongSpectrum.sum(power);
          roughness[t] = Dissonance.of(power, BIN_HZ);
        });
    boolean[] audible = LongSpectrum.audible(powers);
    double sum = 0;
    int heard = 0;
    for (int t = 0; t < frames; t++) {
      sum += audible[t] ? roughness[t] : 0;
      heard += audible[t] ? 1 : 0;
    }
    return heard == 0 ? Double.NaN : sum / heard;
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    double[] values =
        samples.stream()
            .mapToDouble(sample -> sample.values().get(ROUGHNESS).values()[0])
            .toArray();
    return List.of(Measurement.mean(MEASURE, values, "are silent or shorter than 0.51 s"));
  }
}
