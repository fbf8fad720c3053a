package maestro.metric.inception;

import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * Inception score of the generated clips, and divergence of their classes from those of the real
 * ones (paper, section 4.2.1, with PANNs as classifier), by the recipe of haoheliu/audioldm_eval.
 *
 * <p>IS: clips in the order of their names, shuffled as numpy's RandomState(2020) does, ten splits;
 * mean and population standard deviation over splits. With fewer than ten clips there are as many
 * splits as clips, and every score is 1. KL: KL(real‖generated) of softmax probabilities, mean over
 * the clips that have a reference; the variant with sigmoid, for classes that do not exclude each
 * other, as an extra.
 */
@Component(configurationPid = Inception.NAME)
@Designate(ocd = Inception.Settings.class)
@Plugin(name = Inception.NAME, paper = "4.2.1", needs = "${embedding}")
public final class Inception implements Metric {
  static final String NAME = "metric.inception";

  private static final String GENERATED = "generated";
  private static final String REFERENCE = "reference";
  private static final Measure IS = new Measure("IS", "", Measure.Direction.HIGHER);
  private static final Measure IS_DEVIATION =
      new Measure("IS deviation", "", Measure.Direction.NONE);
  private static final Measure KL = new Measure("KL", "nat", Measure.Direction.LOWER);
  private static final Measure KL_SIGMOID =
      new Measure("KL sigmoid", "nat", Measure.Direction.LOWER);
  private static final int SPLITS = 10;
  private static final int SEED = 2020;

  /** Settings of the metric. */
  @ObjectClassDefinition(name = "Inception score and divergence")
  public @interface Settings {
    /** Which network names the classes. */
    @AttributeDefinition(
        description = "embedding plugin with classes: embedding.panns as in the paper, ...")
    String embedding() default "embedding.panns";
  }

  private final Hearing hearing;

  /** Made by Declarative Services. */
  @Activate
  public Inception(@Reference PluginRegistry registry, Settings settings) {
    this.hearing = new Hearing(registry, NAME, settings.embedding(), "");
  }

  Inception(AudioEmbedding embedding, String name) {
    this.hearing = Hearing.of(NAME, name, embedding);
  }

  @Deactivate
  void close() {
    hearing.close();
  }

  @Override
  public List<Measure> measures() {
    return List.of(IS, IS_DEVIATION, KL, KL_SIGMOID);
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    Map<String, FloatTensor> kept = new LinkedHashMap<>();
    kept.put(GENERATED, hear(item.generated(), run));
    item.reference().ifPresent(sound -> kept.put(REFERENCE, hear(sound, run)));
    return new NamedTensors(kept, Map.of());
  }

  private FloatTensor hear(Sound sound, RunContext run) {
    Hearing.Result heard = hearing.hear(sound, run);
    float[] logits = heard.heard().logits();
    if (logits.length == 0) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          NAME,
          "embedding " + heard.embedding() + " names no classes",
          "set embedding to one that does, for instance embedding.panns");
    }
    return FloatTensor.of(logits, logits.length);
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    double[][] generated = new double[samples.size()][];
    double divergence = 0;
    double sigmoidDivergence = 0;
    int pairs = 0;
    for (int i = 0; i < generated.length; i++) {
      Map<String, FloatTensor> tensors = samples.get(i).values().tensors();
      generated[i] = doubles(tensors.get(GENERATED));
      if (tensors.containsKey(REFERENCE)) {
        double[] reference = doubles(tensors.get(REFERENCE));
        divergence += Probabilities.divergence(reference, generated[i]);
        sigmoidDivergence += Probabilities.sigmoidDivergence(reference, generated[i]);
        pairs++;
      }
    }
    List<Measurement> figures = new ArrayList<>(inception(generated));
    figures.add(mean(KL, divergence, pairs));
    figures.add(mean(KL_SIGMOID, sigmoidDivergence, pairs));
    return figures;
  }

  private List<Measurement> inception(double[][] logits) {
    int clips = logits.length;
    if (clips == 0) {
      return List.of(
          new Measurement(IS, Double.NaN, 0, "no clips"),
          new Measurement(IS_DEVIATION, Double.NaN, 0, "no clips"));
    }
    int splits = Math.min(SPLITS, clips);
    double[] scores =
        Probabilities.inceptionScores(logits, new MersenneTwister(SEED).permutation(clips), splits);
    double mean = 0;
    for (double score : scores) {
      mean += score / splits;
    }
    double squares = 0;
    for (double score : scores) {
      squares += (score - mean) * (score - mean) / splits;
    }
    String note = "classes " + hearing.named(List.of()) + ", " + splits + " splits";
    if (clips < 2 * SPLITS) {
      note += "; too few clips to tell anything";
    }
    return List.of(
        new Measurement(IS, mean, clips, note),
        new Measurement(IS_DEVIATION, Math.sqrt(squares), clips, note));
  }

  private Measurement mean(Measure measure, double sum, int pairs) {
    return pairs == 0
        ? new Measurement(measure, Double.NaN, 0, "no clip has a reference")
        : new Measurement(
            measure,
            sum / pairs,
            pairs,
            "classes " + hearing.named(List.of()) + ", real to generated");
  }

  private static double[] doubles(FloatTensor tensor) {
    double[] values = new double[tensor.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.values()[i];
    }
    return values;
  }
}
