package maestro.metric.nearestneighbour;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.host.PluginRegistry;
import maestro.api.metric.AudioEmbedding;
import maestro.api.metric.Hearing;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * A guard against copies: for every generated clip the passage of the real music it comes closest
 * to, with the times of both.
 *
 * <p>Patches of the embedding are compared after the mean of all real patches is taken off, by the
 * cosine of their angle; 1 is the same passage. The first figure is the share of clips whose
 * nearest passage is at or above {@code threshold}, the second the highest similarity; one for each
 * clip follows, whose note names the passage. Not in the paper, whose originality looks only at how
 * much generated clips differ from each other.
 *
 * <p>The real music are the references of all items, also of the clip's own; an item without one is
 * compared to those of the others.
 */
@Component(configurationPid = NearestNeighbour.NAME)
@Designate(ocd = NearestNeighbour.Settings.class)
@Plugin(name = NearestNeighbour.NAME, needs = "${embedding}")
public final class NearestNeighbour implements Metric {
  static final String NAME = "metric.nearest-neighbour";

  private static final String GENERATED = "generated";
  private static final String REFERENCE = "reference";
  private static final String SECONDS = "seconds per patch";
  private static final Measure SHARE =
      new Measure("clips too close to real music", "%", Measure.Direction.LOWER);
  private static final Measure HIGHEST =
      new Measure("highest similarity to real music", "", Measure.Direction.LOWER);

  /** Settings of the metric. */
  @ObjectClassDefinition(name = "Nearest neighbour")
  public @interface Settings {
    /** Which network hears. */
    @AttributeDefinition(
        description =
            "embedding plugin: embedding.mel-statistics needs no weights, embedding.vggish, ...")
    String embedding() default "embedding.mel-statistics";

    /** From where on a clip counts as too close. */
    @AttributeDefinition(min = "-1", max = "1", description = "similarity that is too close")
    double threshold() default 0.98;
  }

  private final double threshold;
  private final Hearing hearing;

  /** Made by Declarative Services. */
  @Activate
  public NearestNeighbour(@Reference PluginRegistry registry, Settings settings) {
    this.threshold = settings.threshold();
    this.hearing = new Hearing(registry, NAME, settings.embedding(), "");
  }

  NearestNeighbour(AudioEmbedding embedding, String name, double threshold) {
    this.threshold = threshold;
    this.hearing = Hearing.of(NAME, name, embedding);
  }

  @Deactivate
  void close() {
    hearing.close();
  }

  @Override
  public List<Measure> measures() {
    return List.of(SHARE, HIGHEST);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    Map<String, FloatTensor> kept = new LinkedHashMap<>();
    float generated = hear(item.generated(), GENERATED, kept, run);
    float reference = Float.NaN;
    if (item.reference().isPresent()) {
      reference = hear(item.reference().get(), REFERENCE, kept, run);
    }
    kept.put(SECONDS, FloatTensor.of(new float[] {generated, reference}, 2));
    return new NamedTensors(kept, Map.of());
  }

  /** Keeps the patches of a sound; returns how many seconds lie between two. */
  private float hear(Sound sound, String as, Map<String, FloatTensor> kept, RunContext run) {
    if (sound.length() == 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT, NAME, "a sound is empty", "leave it out");
    }
    FloatTensor patches = hearing.hear(sound, run).patches();
    kept.put(as, patches);
    return (float) (sound.seconds() / patches.axis(0));
  }

  /** A passage of real music. */
  private record Passage(String item, double seconds) {}

  /**
   * All of them.
   *
   * @param directions {@code [width][passages]}, so that one patch is compared with all passages in
   *     runs that the processor adds up many at a time
   */
  private record Passages(List<Passage> list, double[][] directions) {}

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    List<double[]> real = new ArrayList<>();
    for (MetricSample sample : samples) {
      real.addAll(patches(sample, REFERENCE));
    }
    if (real.isEmpty()) {
      String reason = samples.isEmpty() ? "no clips" : "no clip has a reference";
      return List.of(
          new Measurement(SHARE, Double.NaN, 0, reason),
          new Measurement(HIGHEST, Double.NaN, 0, reason));
    }
    double[] mean = mean(real);
    Passages passages = passages(samples, mean);
    List<Measurement> single = new ArrayList<>();
    int close = 0;
    double highest = -1;
    String highestNote = "";
    for (MetricSample sample : samples) {
      Measurement nearest = nearest(sample, passages, mean);
      single.add(nearest);
      close += nearest.value() >= threshold ? 1 : 0;
      if (nearest.value() >= highest) {
        highest = nearest.value();
        highestNote = sample.id() + ": " + nearest.note();
      }
    }
    String note =
        String.format(
            Locale.ROOT,
            "embedding %s, similarity %.3f or more, %d real passages",
            hearing.named(samples),
            threshold,
            passages.list().size());
    List<Measurement> figures = new ArrayList<>();
    figures.add(new Measurement(SHARE, 100.0 * close / samples.size(), samples.size(), note));
    figures.add(new Measurement(HIGHEST, highest, samples.size(), highestNote));
    figures.addAll(single);
    return figures;
  }

  private Measurement nearest(MetricSample sample, Passages passages, double[] mean) {
    double most = Double.NEGATIVE_INFINITY;
    Passage best = null;
    int bestPatch = 0;
    List<double[]> patches = patches(sample, GENERATED);
    for (int n = 0; n < patches.size(); n++) {
      double[] similarity = similarity(direction(patches.get(n), mean), passages.directions());
      for (int p = 0; p < similarity.length; p++) {
        if (similarity[p] > most) {
          most = similarity[p];
          best = passages.list().get(p);
          bestPatch = n;
        }
      }
    }
    double at = bestPatch * (double) sample.values().get(SECONDS).values()[0];
    String note =
        String.format(
            Locale.ROOT,
            "%.2f s is nearest to %.2f s of the reference %s",
            at,
            best.seconds(),
            best.item());
    Measure measure = new Measure("similarity of " + sample.id(), "", Measure.Direction.LOWER);
    return new Measurement(measure, most, patches.size(), note);
  }

  private static Passages passages(List<MetricSample> samples, double[] mean) {
    List<Passage> list = new ArrayList<>();
    List<double[]> directions = new ArrayList<>();
    for (MetricSample sample : samples) {
      double seconds = sample.values().get(SECONDS).values()[1];
      List<double[]> patches = patches(sample, REFERENCE);
      for (int n = 0; n < patches.size(); n++) {
        list.add(new Passage(sample.id(), n * seconds));
        directions.add(direction(patches.get(n), mean));
      }
    }
    double[][] turned = new double[mean.length][list.size()];
    for (int p = 0; p < list.size(); p++) {
      for (int i = 0; i < mean.length; i++) {
        turned[i][p] = directions.get(p)[i];
      }
    }
    return new Passages(list, turned);
  }

  /** Cosine of the angle between a direction and each passage's. */
  private static double[] similarity(double[] direction, double[][] directions) {
    double[] similarity = new double[directions[0].length];
    for (int i = 0; i < direction.length; i++) {
      double part = direction[i];
      double[] row = directions[i];
      for (int p = 0; p < similarity.length; p++) {
        similarity[p] += part * row[p];
      }
    }
    return similarity;
  }

  private static List<double[]> patches(MetricSample sample, String which) {
    List<double[]> points = new ArrayList<>();
    FloatTensor patches = sample.values().tensors().get(which);
    if (patches == null) {
      return points;
    }
    int width = patches.axis(1);
    for (int n = 0; n < patches.axis(0); n++) {
      double[] point = new double[width];
      for (int i = 0; i < width; i++) {
        point[i] = patches.values()[n * width + i];
      }
      points.add(point);
    }
    return points;
  }

  private static double[] mean(List<double[]> points) {
    double[] mean = new double[points.get(0).length];
    for (double[] point : points) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += point[i] / points.size();
      }
    }
    return mean;
  }

  /** The way from the mean to a point, of length 1; zero when the point is the mean. */
  private static double[] direction(double[] point, double[] mean) {
    double[] direction = new double[point.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = point[i] - mean[i];
    }
    double length = Math.sqrt(dot(direction, direction));
    for (int i = 0; i < direction.length && length > 0; i++) {
      direction[i] /= length;
    }
    return direction;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
