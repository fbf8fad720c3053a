package maestro.metric.originality;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import maestro.api.tensor.NamedTensors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * How much the generated pieces of one style differ from each other: the standard deviation (N − 1)
 * of each dimension of their embeddings, mean over dimensions, mean over styles.
 *
 * <p>The paper (section 4.2.3) writes √(1/(N−1)·Σ(f(m) − mean f)²) summed over styles, in which the
 * square of a vector is not defined and the value grows with the number of styles; its source,
 * serre-lab/diversity_vs_recognizability, takes the means. Both are given, and the sum with the
 * Euclidean length of the deviations. Neither names the embedding; ours is the style network where
 * the pack has it, and stands in the note. The embedding of a clip is the mean of its patches. The
 * figures of single styles follow.
 *
 * <p>Refuses an item without a style. Styles with one clip are left out and counted in the note.
 */
@Component(configurationPid = Originality.NAME)
@Designate(ocd = Originality.Settings.class)
@Plugin(
    name = Originality.NAME,
    paper = "4.2.3",
    needs = {"${embedding}", "${otherwise}"})
public final class Originality implements Metric {
  static final String NAME = "metric.originality";

  private static final Measure MEAN = new Measure("originality", "", Measure.Direction.HIGHER);
  private static final Measure SUM =
      new Measure("originality (sum over styles)", "", Measure.Direction.HIGHER);
  private static final Measure LENGTH =
      new Measure("originality (length, sum over styles)", "", Measure.Direction.HIGHER);

  /** Settings of the metric. */
  @ObjectClassDefinition(name = "Originality")
  public @interface Settings {
    /** Which network hears. */
    @AttributeDefinition(
        description =
            "embedding plugin: embedding.style-network, embedding.simclr as in the paper's source, embedding.panns, ...")
    String embedding() default "embedding.style-network";

    /** Which one hears where the pack has no weights for that. */
    @AttributeDefinition(
        description =
            "embedding plugin where the pack has no weights for the other; empty for none")
    String otherwise() default "embedding.mel-statistics";
  }

  private final Hearing hearing;

  /** Made by Declarative Services. */
  @Activate
  public Originality(@Reference PluginRegistry registry, Settings settings) {
    this.hearing = new Hearing(registry, NAME, settings.embedding(), settings.otherwise());
  }

  Originality(AudioEmbedding embedding, String name) {
    this.hearing = Hearing.of(NAME, name, embedding);
  }

  @Deactivate
  void close() {
    hearing.close();
  }

  @Override
  public List<Measure> measures() {
    return List.of(MEAN, SUM, LENGTH);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    if (item.style().isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          NAME,
          "item " + item.id() + " has no style",
          "put the clips of each style into a folder of their own");
    }
    Hearing.Result heard = hearing.hear(item.generated(), run);
    return Hearing.sample(Map.of("embedding", heard.mean()), heard);
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    String name = hearing.named(samples);
    Map<String, List<float[]>> styles = new TreeMap<>();
    for (MetricSample sample : samples) {
      styles
          .computeIfAbsent(sample.style().orElse(""), unused -> new ArrayList<>())
          .add(sample.values().get("embedding").values());
    }
    double sum = 0;
    double length = 0;
    int counted = 0;
    List<Measurement> single = new ArrayList<>();
    for (Map.Entry<String, List<float[]>> style : styles.entrySet()) {
      if (style.getValue().size() < 2) {
        continue;
      }
      double[] deviations = deviations(style.getValue());
      double mean = 0;
      double squares = 0;
      for (double deviation : deviations) {
        mean += deviation / deviations.length;
        squares += deviation * deviation;
      }
      sum += mean;
      length += Math.sqrt(squares);
      counted++;
      Measure measure =
          new Measure("originality of " + style.getKey(), "", Measure.Direction.HIGHER);
      single.add(new Measurement(measure, mean, style.getValue().size(), "embedding " + name));
    }
    List<Measurement> figures = new ArrayList<>();
    if (counted == 0) {
      String reason = samples.isEmpty() ? "no clips" : "no style has two clips";
      for (Measure measure : measures()) {
        figures.add(new Measurement(measure, Double.NaN, samples.size(), reason));
      }
      return figures;
    }
    int alone = styles.size() - counted;
    String note =
        "embedding "
            + name
            + ", "
            + counted
            + " styles"
            + (alone == 0 ? "" : ", " + alone + " with one clip left out");
    figures.add(new Measurement(MEAN, sum / counted, samples.size(), note));
    figures.add(new Measurement(SUM, sum, samples.size(), note));
    figures.add(new Measurement(LENGTH, length, samples.size(), note));
    figures.addAll(single);
    return figures;
  }

  /** Standard deviation of each dimension. */
  private static double[] deviations(List<float[]> points) {
    int width = points.get(0).length;
    double[] deviations = new double[width];
    for (int i = 0; i < width; i++) {
      double mean = 0;
      for (float[] point : points) {
        mean += (double) point[i] / points.size();
      }
      double squares = 0;
      for (float[] point : points) {
        squares += (point[i] - mean) * (point[i] - mean);
      }
      deviations[i] = Math.sqrt(squares / (points.size() - 1));
    }
    return deviations;
  }
}
