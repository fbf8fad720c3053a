package maestro.metric.themes;

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
import maestro.signal.ChromaFilterBank;
import maestro.signal.FilterBank;
import maestro.signal.LongSpectrum;
import org.osgi.service.component.annotations.Component;

/**
 * Whether themes return: how much more passages of 4 s are like later passages of the piece than
 * like the same passages turned round in time ({@link SelfSimilarity}), mean over the passages of a
 * clip, then over clips. Texture alone, however even, gives 0. Not in the paper; a measure of our
 * own on the self-similarity of chroma (Foote 1999; Bartsch and Wakefield 2001).
 *
 * <p>Chroma is librosa's of long windows, five a second, as amplitudes less their mean, of length
 * 1; frames that cannot be heard are like nothing. A theme that returns in another key is not
 * found. Takes any item. Clips that are silent or shorter than 12.4 s are left out and counted in
 * the note.
 */
@Component
@Plugin(name = "metric.themes")
public final class Themes implements Metric {
  private static final String RETURN = "return";
  private static final int PASSAGE = 20;
  private static final Measure MEASURE = new Measure("theme return", "", Measure.Direction.NONE);

  private static final LongSpectrum SPECTRUM = new LongSpectrum(3200);
  private static final FilterBank CHROMA =
      ChromaFilterBank.of(LongSpectrum.SAMPLE_RATE_HZ, LongSpectrum.WINDOW);

  @Override
  public List<Measure> measures() {
    return List.of(MEASURE);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    float figure = (float) themeReturn(item.generated());
    return NamedTensors.of(RETURN, FloatTensor.of(new float[] {figure}, 1));
  }

  static double themeReturn(Sound sound) {
    int count = SPECTRUM.frames(sound);
    double[][] frames = new double[count][];
    double[] powers = new double[count];
    SPECTRUM.forEach(
        sound,
        (t, power) -> {
          powers[t] = LongSpectrum.sum(power);
          frames[t] = shape(CHROMA.of(power));
        });
    boolean[] audible = LongSpectrum.audible(powers);
    boolean any = false;
    for (int t = 0; t < count; t++) {
      any |= audible[t];
      if (!audible[t]) {
        frames[t] = new double[ChromaFilterBank.CLASSES];
      }
    }
    return any ? SelfSimilarity.themeReturn(frames, PASSAGE) : Double.NaN;
  }

  /** Amplitudes less their mean, of length 1; zeros where all are alike. */
  private static double[] shape(double[] chroma) {
    double mean = 0;
    for (int c = 0; c < chroma.length; c++) {
      chroma[c] = Math.sqrt(chroma[c]);
      mean += chroma[c] / chroma.length;
    }
    double squares = 0;
    for (int c = 0; c < chroma.length; c++) {
      chroma[c] -= mean;
      squares += chroma[c] * chroma[c];
    }
    for (int c = 0; c < chroma.length; c++) {
      chroma[c] = squares > 0 ? chroma[c] / Math.sqrt(squares) : 0;
    }
    return chroma;
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    double[] values =
        samples.stream().mapToDouble(sample -> sample.values().get(RETURN).values()[0]).toArray();
    return List.of(Measurement.mean(MEASURE, values, "are silent or shorter than 12.4 s"));
  }
}
