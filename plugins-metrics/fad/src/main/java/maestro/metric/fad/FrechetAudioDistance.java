package maestro.metric.fad;

import java.util.ArrayList;
import java.util.List;
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
 * Fréchet audio distance (Kilgour et al. 2019; paper, section 4.2.1): how far the embeddings of the
 * generated clips lie from those of the real ones, both taken for normal distributions.
 *
 * <p>All patches of all clips of a set are pooled. The reference set are the items' own references,
 * each counted once for each item; the paper does not name its set. Figures of different embeddings
 * cannot be compared, so the note names the embedding; it also warns when a set has fewer patches
 * than the embedding is wide, for then a covariance is singular and the figure too high. With
 * {@code infinity} the bias of small sets is taken out by extrapolating the distance of growing
 * random subsets to infinitely many patches, linear in 1/n (Chong and Forsyth 2020; Gui et al.
 * 2023). With {@code perItem} each clip's own distance from the reference set follows (Gui et al.
 * 2023).
 *
 * <p>Refuses an item without a reference.
 */
@Component(configurationPid = FrechetAudioDistance.NAME)
@Designate(ocd = FrechetAudioDistance.Settings.class)
@Plugin(name = FrechetAudioDistance.NAME, paper = "4.2.1", needs = "${embedding}")
public final class FrechetAudioDistance implements Metric {
  static final String NAME = "metric.fad";

  private static final String GENERATED = "generated";
  private static final String REFERENCE = "reference";
  private static final Measure FAD = new Measure("FAD", "", Measure.Direction.LOWER);
  private static final Measure INFINITE = new Measure("FAD-infinity", "", Measure.Direction.LOWER);
  private static final int SUBSETS = 15;

  /** Settings of the metric. */
  @ObjectClassDefinition(name = "Frechet audio distance")
  public @interface Settings {
    /** Which network hears. */
    @AttributeDefinition(
        description =
            "embedding plugin: embedding.vggish as in the paper, embedding.panns, embedding.style-network, embedding.simclr, embedding.mel-statistics, ...")
    String embedding() default "embedding.vggish";

    /** Whether to extrapolate. */
    @AttributeDefinition(
        description = "also extrapolate to infinitely many patches; needs several hundred")
    boolean infinity() default false;

    /** Whether to judge single clips. */
    @AttributeDefinition(description = "also give the distance of every single clip")
    boolean perItem() default false;
  }

  private final boolean infinity;
  private final boolean perItem;
  private final Hearing hearing;

  /** Made by Declarative Services. */
  @Activate
  public FrechetAudioDistance(@Reference PluginRegistry registry, Settings settings) {
    this.infinity = settings.infinity();
    this.perItem = settings.perItem();
    this.hearing = new Hearing(registry, NAME, settings.embedding(), "");
  }

  FrechetAudioDistance(AudioEmbedding embedding, String name, boolean infinity, boolean perItem) {
    this.hearing = Hearing.of(NAME, name, embedding);
    this.infinity = infinity;
    this.perItem = perItem;
  }

  @Deactivate
  void close() {
    hearing.close();
  }

  @Override
  public List<Measure> measures() {
    return infinity ? List.of(FAD, INFINITE) : List.of(FAD);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    Sound reference =
        item.reference()
            .orElseThrow(
                () ->
                    new MaestroException(
                        MaestroException.Kind.INPUT,
                        NAME,
                        "item " + item.id() + " has no reference",
                        "give the real score of the same name"));
    Hearing.Result generated = hearing.hear(item.generated(), run);
    return Hearing.sample(
        Map.of(GENERATED, generated.patches(), REFERENCE, hearing.hear(reference, run).patches()),
        generated);
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    List<double[]> real = pool(samples, REFERENCE);
    List<double[]> generated = pool(samples, GENERATED);
    List<Measurement> figures = new ArrayList<>();
    if (real.size() < 2 || generated.size() < 2) {
      String reason =
          "needs two patches in each set, got " + real.size() + " and " + generated.size();
      for (Measure measure : measures()) {
        figures.add(new Measurement(measure, Double.NaN, generated.size(), reason));
      }
      return figures;
    }
    Frechet distance = new Frechet(Gaussian.of(real));
    int width = real.get(0).length;
    String note = "embedding " + hearing.named(samples) + ", " + real.size() + " reference patches";
    if (Math.min(real.size(), generated.size()) <= width) {
      note += "; too few patches for " + width + " dimensions: too high, and not comparable";
    }
    figures.add(new Measurement(FAD, distance.to(Gaussian.of(generated)), generated.size(), note));
    if (infinity) {
      figures.add(infinite(distance, generated, note, run));
    }
    if (perItem) {
      for (MetricSample sample : samples) {
        figures.add(single(distance, sample, note));
      }
    }
    return figures;
  }

  /** Distances of random subsets of growing size against 1/n; the intercept of the fitted line. */
  private static Measurement infinite(
      Frechet distance, List<double[]> generated, String note, RunContext run) {
    int width = generated.get(0).length;
    int least = 2 * width;
    if (generated.size() < 2 * least) {
      return new Measurement(
          INFINITE,
          Double.NaN,
          generated.size(),
          "needs " + 2 * least + " patches to extrapolate, got " + generated.size());
    }
    double sumX = 0;
    double sumY = 0;
    double sumXx = 0;
    double sumXy = 0;
    for (int k = 0; k < SUBSETS; k++) {
      int size = least + (int) ((long) k * (generated.size() - least) / (SUBSETS - 1));
      double[] draws = run.noise().uniform("fad-infinity." + k, size);
      List<double[]> subset = new ArrayList<>(size);
      for (double draw : draws) {
        subset.add(generated.get((int) (draw * generated.size())));
      }
      double x = 1.0 / size;
      double y = distance.to(Gaussian.of(subset));
      sumX += x;
      sumY += y;
      sumXx += x * x;
      sumXy += x * y;
    }
    double slope = (SUBSETS * sumXy - sumX * sumY) / (SUBSETS * sumXx - sumX * sumX);
    double intercept = (sumY - slope * sumX) / SUBSETS;
    return new Measurement(INFINITE, intercept, generated.size(), note + "; extrapolated");
  }

  private static Measurement single(Frechet distance, MetricSample sample, String note) {
    List<double[]> patches = pool(List.of(sample), GENERATED);
    Gaussian clip = patches.size() < 2 ? Gaussian.at(patches.get(0)) : Gaussian.of(patches);
    Measure measure = new Measure("FAD of " + sample.id(), "", Measure.Direction.LOWER);
    return new Measurement(measure, distance.to(clip), patches.size(), note);
  }

  private static List<double[]> pool(List<MetricSample> samples, String which) {
    List<double[]> points = new ArrayList<>();
    for (MetricSample sample : samples) {
      FloatTensor patches = sample.values().get(which);
      int width = patches.axis(1);
      for (int n = 0; n < patches.axis(0); n++) {
        double[] point = new double[width];
        for (int i = 0; i < width; i++) {
          point[i] = patches.values()[n * width + i];
        }
        points.add(point);
      }
    }
    return points;
  }
}
