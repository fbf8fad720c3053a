package maestro.metric.filmcorrelation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import maestro.affect.AffectScale;
import maestro.affect.FilmAffect;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.film.TimeLine;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.signal.Downmix;
import maestro.signal.Onsets;
import maestro.signal.Padding;
import maestro.signal.Resampler;
import maestro.statistics.Correlation;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Whether a score rises and falls with the motion and cuts of its film: Spearman's rank correlation
 * (1904; ties take their mean rank), −1 … 1, second by second, of the film's energy with the
 * score's loudness and with its onsets. Not in the paper, which judges no score against its own
 * picture over time.
 *
 * <ul>
 *   <li>Energy, of the two seconds around each second: ln(1 + mean motion, cuts left out) + cuts
 *       per second ({@link FilmAffect}), of what {@code encoder.cinematic} sees.
 *   <li>Loudness: root mean square of the second in dB.
 *   <li>Onsets: how many librosa's {@code onset_detect} with its usual settings finds in the same
 *       two seconds.
 * </ul>
 *
 * <p>The figure of a set is the mean over its items; those of single items follow, which rest on so
 * many seconds. Refuses an item without a film, and one that lasts less than 8 s with its film.
 * Items in which film or score stands still have no rank; they are left out and counted in the
 * note.
 */
@Component(configurationPid = FilmCorrelation.NAME)
@Designate(ocd = FilmCorrelation.Settings.class)
@Plugin(name = FilmCorrelation.NAME)
public final class FilmCorrelation implements Metric {
  static final String NAME = "metric.film-correlation";

  private static final String CURVES = "energy, loudness, onsets";
  private static final List<String> NAMES = List.of("energy", "loudness", "onset density");
  private static final int ENERGY = AffectScale.DIMENSIONS.indexOf("energy");

  /** A curve that spans less than this stands still: what moves is round-off and noise. */
  private static final double[] STILL = {1e-3, 0.1, 0.5};

  private static final int LEAST_SECONDS = 8;
  private static final double FLOOR = 1e-9;

  private static final List<Measure> MEASURES =
      List.of(
          new Measure("loudness correlation", "", Measure.Direction.HIGHER),
          new Measure("onset correlation", "", Measure.Direction.HIGHER));

  /** Settings of the metric. */
  @ObjectClassDefinition(name = "Film correlation")
  public @interface Settings {
    /** Which encoder watches. */
    @AttributeDefinition(description = "encoder whose time line tells motion and cuts")
    String encoder() default "encoder.cinematic";
  }

  private final String encoder;

  /** Made by Declarative Services. */
  @Activate
  public FilmCorrelation(Settings settings) {
    this(settings.encoder());
  }

  FilmCorrelation(String encoder) {
    this.encoder = encoder;
  }

  @Override
  public List<Measure> measures() {
    return MEASURES;
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    TimeLine line =
        item.film()
            .orElseThrow(
                () ->
                    refused(
                        MaestroException.Kind.INPUT,
                        "item " + item.id() + " has no film",
                        "give the one it was scored for, as with --films"))
            .seenBy(encoder)
            .timeLine()
            .filter(one -> one.channels().containsAll(FilmAffect.CHANNELS))
            .orElseThrow(
                () ->
                    refused(
                        MaestroException.Kind.CONFIGURATION,
                        encoder + " does not tell motion and cuts over time",
                        "set encoder to encoder.cinematic"));
    Sound score = item.generated();
    // A film's last second is often a frame short.
    int seconds =
        (int) Math.min(score.seconds() + 1e-6, Math.round(line.rows() * line.stepSeconds()));
    if (seconds < LEAST_SECONDS) {
      throw refused(
          MaestroException.Kind.INPUT,
          "item " + item.id() + " lasts " + seconds + " s with its film, too few to rank",
          "give " + LEAST_SECONDS + " s or more");
    }
    float[] mono = Downmix.MEAN.apply(score);
    float[] curves = new float[3 * seconds];
    for (int s = 0; s < seconds; s++) {
      curves[s] = (float) energy(line, s);
      curves[seconds + s] = (float) loudness(mono, score.sampleRateHz(), s);
    }
    for (double onset : onsets(mono, score.sampleRateHz())) {
      // Second s counts from s − 0.5 to s + 1.5, so each onset counts for two.
      int last = (int) Math.floor(onset + 0.5);
      for (int s = Math.max(0, last - 1); s <= last && s < seconds; s++) {
        curves[2 * seconds + s]++;
      }
    }
    return NamedTensors.of(CURVES, FloatTensor.of(curves, 3, seconds));
  }

  private static double energy(TimeLine line, int second) {
    int from = (int) Math.round(Math.max(0, second - 0.5) / line.stepSeconds());
    int to = (int) Math.min(line.rows(), Math.round((second + 1.5) / line.stepSeconds()));
    return FilmAffect.of(line, Math.min(from, to - 1), to)[ENERGY];
  }

  private static double loudness(float[] samples, int rate, int second) {
    double squares = 0;
    int to = Math.min(samples.length, (second + 1) * rate);
    for (int n = second * rate; n < to; n++) {
      squares += (double) samples[n] * samples[n];
    }
    return 10 * Math.log10(FLOOR + squares / rate);
  }

  private static double[] onsets(float[] samples, int rate) {
    int[] frames =
        Onsets.detect(
            Resampler.resample(samples, rate, Onsets.SAMPLE_RATE_HZ),
            Padding.ZERO,
            Onsets.Peaks.LIBROSA);
    double[] seconds = new double[frames.length];
    for (int i = 0; i < frames.length; i++) {
      seconds[i] = (double) frames[i] * Onsets.HOP / Onsets.SAMPLE_RATE_HZ;
    }
    return seconds;
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    List<Measurement> figures = new ArrayList<>();
    List<Measurement> single = new ArrayList<>();
    for (int k = 1; k <= MEASURES.size(); k++) {
      Measure measure = MEASURES.get(k - 1);
      double sum = 0;
      int moving = 0;
      String still = "no clips";
      for (MetricSample sample : samples) {
        FloatTensor curves = sample.values().get(CURVES);
        Measurement own = correlation(measure.name() + " of " + sample.id(), curves, k);
        single.add(own);
        if (Double.isNaN(own.value())) {
          still = own.note();
        } else {
          sum += own.value();
          moving++;
        }
      }
      int leftOut = samples.size() - moving;
      String note =
          "Spearman's ρ with the film's motion and cuts, second by second"
              + (leftOut == 0 ? "" : "; " + leftOut + " left out: " + still);
      figures.add(
          moving == 0
              ? new Measurement(measure, Double.NaN, 0, still)
              : new Measurement(measure, sum / moving, moving, note));
    }
    figures.addAll(single);
    return figures;
  }

  private static Measurement correlation(String name, FloatTensor curves, int k) {
    Measure measure = new Measure(name, "", Measure.Direction.HIGHER);
    int seconds = curves.axis(1);
    for (int curve : new int[] {0, k}) {
      if (span(curves, curve) < STILL[curve]) {
        String still =
            String.format(
                Locale.ROOT,
                "the %s does not change over %d s",
                curve == 0 ? "film's energy" : "score's " + NAMES.get(curve),
                seconds);
        return new Measurement(measure, Double.NaN, seconds, still);
      }
    }
    double rho = Correlation.spearman(curve(curves, 0), curve(curves, k));
    return new Measurement(measure, rho, seconds, "over " + seconds + " s");
  }

  private static double span(FloatTensor curves, int curve) {
    int seconds = curves.axis(1);
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int s = 0; s < seconds; s++) {
      double value = curves.values()[curve * seconds + s];
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return most - least;
  }

  private static double[] curve(FloatTensor curves, int curve) {
    double[] values = new double[curves.axis(1)];
    for (int s = 0; s < values.length; s++) {
      values[s] = curves.values()[curve * values.length + s];
    }
    return values;
  }

  private static MaestroException refused(MaestroException.Kind kind, String cause, String next) {
    return new MaestroException(kind, NAME, cause, next);
  }
}
