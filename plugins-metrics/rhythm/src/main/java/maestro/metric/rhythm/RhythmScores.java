package maestro.metric.rhythm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maestro.api.MaestroException;
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
import maestro.signal.Downmix;
import maestro.signal.Onsets;
import maestro.signal.Padding;
import maestro.signal.Resampler;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * How well the beats of a generated score fall where those of the real one fall.
 *
 * <p>Beats are the seconds in which there is an onset. With total beats in the real clip, cover in
 * the generated one and hits in both, the variant of OpenGVLab/LORIS is BCS = hits/cover and BHS =
 * hits/total, 0 when there is nothing to divide by; CSD and HSD are their standard deviations over
 * clips (N − 1), and F1 is the harmonic mean of the means. The paper (section 4.2.1) divides so,
 * but calls BCS recall and BHS precision, which is the wrong way round. Its own F1 column does not
 * follow from its means, so the mean of the clips' F1 is given as well. The variant {@code d2m},
 * L-YeZhu/Beats_Scores, has BCS = cover/total, which may exceed 1, and narrower peak windows.
 *
 * <p>Both sounds are cut to the length of the shorter. Refuses an item without a reference.
 */
@Component(configurationPid = "metric.rhythm")
@Designate(ocd = RhythmScores.Settings.class)
@Plugin(name = "metric.rhythm", paper = "4.2.1")
public final class RhythmScores implements Metric {
  private static final Measure BCS = percent("BCS", Measure.Direction.HIGHER);
  private static final Measure BHS = percent("BHS", Measure.Direction.HIGHER);
  private static final Measure F1 = percent("F1", Measure.Direction.HIGHER);
  private static final Measure CSD = percent("CSD", Measure.Direction.LOWER);
  private static final Measure HSD = percent("HSD", Measure.Direction.LOWER);
  private static final Measure MEAN_F1 = percent("mean of F1", Measure.Direction.HIGHER);

  /** Settings of the metric. */
  @ObjectClassDefinition(name = "Rhythm metric")
  public @interface Settings {
    /** Whose definition. */
    @AttributeDefinition(
        description = "loris: hits/cover and hits/total; d2m: cover/total and hits/total",
        options = {@Option(value = "loris"), @Option(value = "d2m")})
    String variant() default "loris";

    /** What lies beyond the ends of a clip. */
    @AttributeDefinition(
        description = "reflect: as librosa 0.8, which LORIS uses; zeros: as librosa since 0.10",
        options = {@Option(value = "reflect"), @Option(value = "zeros")})
    String padding() default "reflect";
  }

  private final boolean d2m;
  private final Padding padding;

  /** Made by Declarative Services. */
  @Activate
  public RhythmScores(Settings settings) {
    this(settings.variant(), settings.padding());
  }

  RhythmScores(String variant, String padding) {
    this.d2m =
        switch (variant) {
          case "loris" -> false;
          case "d2m" -> true;
          default -> throw refused("variant", variant, "loris or d2m");
        };
    this.padding =
        switch (padding) {
          case "reflect" -> Padding.REFLECT;
          case "zeros" -> Padding.ZERO;
          default -> throw refused("padding", padding, "reflect or zeros");
        };
  }

  @Override
  public List<Measure> measures() {
    return List.of(BCS, BHS, F1, CSD, HSD, MEAN_F1);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    Sound reference =
        item.reference()
            .orElseThrow(
                () ->
                    new MaestroException(
                        MaestroException.Kind.INPUT,
                        "metric.rhythm",
                        "item " + item.id() + " has no reference",
                        "give the real score of the same name"));
    float[] generated = mono(item.generated());
    float[] real = mono(reference);
    int length = Math.min(generated.length, real.length);
    boolean[] cover = beats(Arrays.copyOf(generated, length));
    boolean[] total = beats(Arrays.copyOf(real, length));
    float[] counts = new float[3];
    for (int second = 0; second < total.length; second++) {
      counts[0] += total[second] ? 1 : 0;
      counts[1] += cover[second] ? 1 : 0;
      counts[2] += total[second] && cover[second] ? 1 : 0;
    }
    return NamedTensors.of("total, cover, hits", FloatTensor.of(counts, 3));
  }

  private static float[] mono(Sound sound) {
    return Resampler.resample(
        Downmix.MEAN.apply(sound), sound.sampleRateHz(), Onsets.SAMPLE_RATE_HZ);
  }

  /** The seconds with an onset. */
  boolean[] beats(float[] samples) {
    int seconds = (samples.length + Onsets.SAMPLE_RATE_HZ - 1) / Onsets.SAMPLE_RATE_HZ;
    boolean[] beats = new boolean[seconds];
    if (samples.length > 0) {
      for (int frame :
          Onsets.detect(samples, padding, d2m ? Onsets.Peaks.D2M : Onsets.Peaks.LORIS)) {
        int second = (int) ((long) frame * Onsets.HOP / Onsets.SAMPLE_RATE_HZ);
        // The last frame may be centred on the end of the clip.
        if (second < seconds) {
          beats[second] = true;
        }
      }
    }
    return beats;
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    int clips = samples.size();
    double[] coverage = new double[clips];
    double[] hit = new double[clips];
    double meanF1 = 0;
    for (int i = 0; i < clips; i++) {
      float[] counts = samples.get(i).values().get("total, cover, hits").values();
      coverage[i] = d2m ? ratio(counts[1], counts[0]) : ratio(counts[2], counts[1]);
      hit[i] = ratio(counts[2], counts[0]);
      meanF1 += harmonic(coverage[i], hit[i]) / clips;
    }
    double bcs = mean(coverage);
    double bhs = mean(hit);
    String note = "beats per second, " + (d2m ? "D2M" : "LORIS") + " definition";
    String roles = d2m ? note : note + "; precision, which the paper calls recall";
    String recall = d2m ? note : note + "; recall, which the paper calls precision";
    List<Measurement> figures = new ArrayList<>();
    figures.add(figure(BCS, bcs, clips, 1, roles));
    figures.add(figure(BHS, bhs, clips, 1, recall));
    figures.add(figure(F1, harmonic(bcs, bhs), clips, 1, note + "; of the means"));
    figures.add(figure(CSD, deviation(coverage, bcs), clips, 2, note));
    figures.add(figure(HSD, deviation(hit, bhs), clips, 2, note));
    figures.add(figure(MEAN_F1, meanF1, clips, 1, note));
    return figures;
  }

  private static Measurement figure(
      Measure measure, double value, int clips, int needed, String note) {
    return clips < needed
        ? new Measurement(
            measure, Double.NaN, clips, "needs " + needed + " clips or more, got " + clips)
        : new Measurement(measure, 100 * value, clips, note);
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  private static double harmonic(double a, double b) {
    return a + b == 0 ? 0 : 2 * a * b / (a + b);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  private static double deviation(double[] values, double mean) {
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1));
  }

  private static Measure percent(String name, Measure.Direction direction) {
    return new Measure(name, "%", direction);
  }

  private static MaestroException refused(String setting, String value, String allowed) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        "metric.rhythm",
        "setting " + setting + " is '" + value + "'",
        "set it to " + allowed);
  }
}
