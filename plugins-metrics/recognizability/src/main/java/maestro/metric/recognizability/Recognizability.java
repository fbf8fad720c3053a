package maestro.metric.recognizability;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.host.OnDemand;
import maestro.api.host.PluginRegistry;
import maestro.api.metric.AudioEmbedding;
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
@Component(configurationPid = "metric.recognizability")
@Designate(ocd = Recognizability.Settings.class)
@Plugin(name = "metric.recognizability", paper = "4.2.3", needs = "${embedding}")
public final class Recognizability implements Metric {
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
            "embedding plugin: embedding.style-network as in the paper's source, embedding.mel-statistics needs no weights, ...")
    String embedding() default "embedding.mel-statistics";

    /** Styles in an episode. */
    @AttributeDefinition(min = "2", max = "1000", description = "styles to choose from, at most")
    int ways() default 20;

    /** Episodes. */
    @AttributeDefinition(min = "1", max = "100000", description = "draws of clips")
    int episodes() default 500;
  }

  private final String name;
  private final int ways;
  private final int episodes;
  private final OnDemand<AudioEmbedding> embedding;

  /** Made by Declarative Services. */
  @Activate
  public Recognizability(@Reference PluginRegistry registry, Settings settings) {
    this.name = settings.embedding();
    this.ways = settings.ways();
    this.episodes = settings.episodes();
    this.embedding = OnDemand.lease(registry, AudioEmbedding.class, name);
  }

  Recognizability(AudioEmbedding embedding, String name, int ways, int episodes) {
    this.name = name;
    this.ways = ways;
    this.episodes = episodes;
    this.embedding = OnDemand.of(embedding);
  }

  @Deactivate
  void close() {
    embedding.close();
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
          "metric.recognizability",
          "item " + item.id() + " has no " + (item.style().isEmpty() ? "style" : "reference"),
          "put the clips of each style into a folder of their own, and give the real ones");
    }
    Map<String, FloatTensor> kept = new LinkedHashMap<>();
    kept.put(GENERATED, hear(item.generated(), run));
    kept.put(REFERENCE, hear(item.reference().get(), run));
    return new NamedTensors(kept, Map.of());
  }

  private FloatTensor hear(Sound sound, RunContext run) {
    float[][] patches = embedding.get().hear(sound, run).embeddings();
    float[] mean = new float[patches[0].length];
    for (float[] patch : patches) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += patch[i] / patches.length;
      }
    }
    return FloatTensor.of(mean, mean.length);
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
            name,
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
      right[order[w]] += nearest(query[w], support) == w ? 1 : 0;
    }
  }

  private static int nearest(float[] query, float[][] support) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int w = 0; w < support.length; w++) {
      double squares = 0;
      for (int i = 0; i < query.length; i++) {
        double difference = query[i] - support[w][i];
        squares += difference * difference;
      }
      if (squares < least) {
        least = squares;
        best = w;
      }
    }
    return best;
  }
}
