package maestro.metric.recognizability;

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
import maestro.statistics.Points;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * How well a listener who heard one real clip of each style tells the style of a generated one
 * (paper, section 4.2.3; serre-lab/diversity_vs_recognizability).
 *
 * <p>In each episode up to 20 styles are drawn, for each one real clip and one generated clip, of
 * another item where the style has one. A generated clip is given the style of the nearest real
 * clip by squared Euclidean distance of the embeddings, mean over patches. The figure is the
 * accuracy of each style over 500 episodes, mean over styles; the styles' own figures follow. The
 * source trains a prototypical network (Snell et al. 2017) for the embedding, and so does this
 * project; which embedding is used is in the note. The draws come from the stream {@code
 * recognizability} of the run.
 *
 * <p>Refuses an item without a style or a reference.
 */
@Component(configurationPid = Recognizability.NAME)
@Designate(ocd = Recognizability.Settings.class)
@Plugin(
    name = Recognizability.NAME,
    paper = "4.2.3",
    needs = {"${embedding}", "${otherwise}"})
public final class Recognizability implements Metric {
  static final String NAME = "metric.recognizability";

  private static final String GENERATED = "generated";
  private static final String REFERENCE = "reference";
  private static final Measure ACCURACY =
      new Measure("recognizability", "%", Measure.Direction.HIGHER);

  /** Settings of the metric. */
  @ObjectClassDefinition(name = "Recognizability")
  public @interface Settings {
    /** Which network hears. */
    @AttributeDefinition(
        description =
            "embedding plugin: embedding.style-network as in the paper's source, embedding.simclr, ...")
    String embedding() default "embedding.style-network";

    /** Which one hears where the pack has no weights for that. */
    @AttributeDefinition(
        description =
            "embedding plugin where the pack has no weights for the other; empty for none")
    String otherwise() default "embedding.mel-statistics";

    /** Styles in an episode. */
    @AttributeDefinition(min = "2", max = "1000", description = "styles to choose from, at most")
    int ways() default 20;

    /** Episodes. */
    @AttributeDefinition(min = "1", max = "100000", description = "draws of clips")
    int episodes() default 500;
  }

  private final int ways;
  private final int episodes;
  private final Hearing hearing;

  /** Made by Declarative Services. */
  @Activate
  public Recognizability(@Reference PluginRegistry registry, Settings settings) {
    this.ways = settings.ways();
    this.episodes = settings.episodes();
    this.hearing = new Hearing(registry, NAME, settings.embedding(), settings.otherwise());
  }

  Recognizability(AudioEmbedding embedding, String name, int ways, int episodes) {
    this.ways = ways;
    this.episodes = episodes;
    this.hearing = Hearing.of(NAME, name, embedding);
  }

  @Deactivate
  void close() {
    hearing.close();
  }

  @Override
  public List<Measure> measures() {
    return List.of(ACCURACY);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    if (item.style().isEmpty() || item.reference().isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          NAME,
          "item " + item.id() + " has no " + (item.style().isEmpty() ? "style" : "reference"),
          "put the clips of each style into a folder of their own, and give the real ones");
    }
    Hearing.Result generated = hearing.hear(item.generated(), run);
    return Hearing.sample(
        Map.of(
            GENERATED,
            generated.mean(),
            REFERENCE,
            hearing.hear(item.reference().get(), run).mean()),
        generated);
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    Map<String, List<MetricSample>> styles = new TreeMap<>();
    for (MetricSample sample : samples) {
      styles.computeIfAbsent(sample.style().orElse(""), unused -> new ArrayList<>()).add(sample);
    }
    if (styles.size() < 2) {
      String reason =
          samples.isEmpty() ? "no clips" : "one style cannot be told from others, needs two";
      return List.of(new Measurement(ACCURACY, Double.NaN, samples.size(), reason));
    }
    List<String> names = List.copyOf(styles.keySet());
    int way = Math.min(ways, names.size());
    int[] shown = new int[names.size()];
    int[] right = new int[names.size()];
    double[] draws = run.noise().uniform("recognizability", episodes * 3 * way);
    for (int episode = 0; episode < episodes; episode++) {
      play(names, styles, way, draws, episode * 3 * way, shown, right);
    }
    double sum = 0;
    int counted = 0;
    List<Measurement> figures = new ArrayList<>();
    String note =
        String.format(
            java.util.Locale.ROOT,
            "embedding %s, %d of %d styles, %d episodes, chance %.1f %%",
            hearing.named(samples),
            way,
            names.size(),
            episodes,
            100.0 / way);
    for (int s = 0; s < names.size(); s++) {
      if (shown[s] > 0) {
        double accuracy = 100.0 * right[s] / shown[s];
        sum += accuracy;
        counted++;
        Measure measure =
            new Measure("recognizability of " + names.get(s), "%", Measure.Direction.HIGHER);
        figures.add(new Measurement(measure, accuracy, shown[s], note));
      }
    }
    figures.add(0, new Measurement(ACCURACY, sum / counted, samples.size(), note));
    return figures;
  }

  /**
   * One episode: draws styles, one real and one generated clip of each, and counts who is
   * recognised.
   */
  private static void play(
      List<String> names,
      Map<String, List<MetricSample>> styles,
      int way,
      double[] draws,
      int at,
      int[] shown,
      int[] right) {
    int[] order = new int[names.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    float[][] support = new float[way][];
    float[][] query = new float[way][];
    for (int w = 0; w < way; w++) {
      int pick = w + (int) (draws[at + 3 * w] * (order.length - w));
      int swap = order[w];
      order[w] = order[pick];
      order[pick] = swap;
      List<MetricSample> clips = styles.get(names.get(order[w]));
      int real = (int) (draws[at + 3 * w + 1] * clips.size());
      int generated = real;
      if (clips.size() > 1) {
        generated = (int) (draws[at + 3 * w + 2] * (clips.size() - 1));
        generated += generated >= real ? 1 : 0;
      }
      support[w] = clips.get(real).values().get(REFERENCE).values();
      query[w] = clips.get(generated).values().get(GENERATED).values();
    }
    for (int w = 0; w < way; w++) {
      shown[order[w]]++;
      right[order[w]] += Points.nearest(query[w], support) == w ? 1 : 0;
    }
  }
}
