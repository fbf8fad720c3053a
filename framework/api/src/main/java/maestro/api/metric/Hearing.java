package maestro.api.metric;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.OnDemand;
import maestro.api.host.PluginRegistry;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/**
 * The embedding that a metric hears with, and one that stands in where the run's pack has no
 * weights for it; the metric declares both as what it needs. Thread-safe.
 */
public final class Hearing implements AutoCloseable {
  private static final String EMBEDDING = "embedding";

  private final String metric;
  private final String name;
  private final String otherwise;
  private final OnDemand<AudioEmbedding> first;
  private final OnDemand<AudioEmbedding> second;

  /**
   * Nothing is leased yet.
   *
   * @param metric who asks, for messages
   * @param name of the embedding
   * @param otherwise name of the one that stands in; empty for none
   */
  public Hearing(PluginRegistry registry, String metric, String name, String otherwise) {
    this.metric = metric;
    this.name = name;
    this.otherwise = otherwise;
    this.first = OnDemand.lease(registry, AudioEmbedding.class, name);
    this.second = OnDemand.lease(registry, AudioEmbedding.class, otherwise);
  }

  private Hearing(String metric, String name, AudioEmbedding embedding) {
    this.metric = metric;
    this.name = name;
    this.otherwise = "";
    this.first = OnDemand.of(embedding);
    this.second = first;
  }

  /** With an embedding that is there already, as in a test. */
  public static Hearing of(String metric, String name, AudioEmbedding embedding) {
    return new Hearing(metric, name, embedding);
  }

  /**
   * What one sound gave.
   *
   * @param embedding name of the one that heard it
   */
  public record Result(String embedding, AudioEmbedding.Heard heard) {
    /** Its patches, {@code [patches, width]}. */
    public FloatTensor patches() {
      float[][] patches = heard.embeddings();
      int width = patches[0].length;
      float[] values = new float[patches.length * width];
      for (int n = 0; n < patches.length; n++) {
        System.arraycopy(patches[n], 0, values, n * width, width);
      }
      return FloatTensor.of(values, patches.length, width);
    }

    /** The mean over its patches, {@code [width]}. */
    public FloatTensor mean() {
      float[][] patches = heard.embeddings();
      float[] mean = new float[patches[0].length];
      for (float[] patch : patches) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += patch[i] / patches.length;
        }
      }
      return FloatTensor.of(mean, mean.length);
    }
  }

  /**
   * Listens to a sound.
   *
   * @throws MaestroException of kind INPUT when the embedding makes numbers of it that are not
   *     finite, so that this sound can be left out; of kind CONFIGURATION when weights or the
   *     plugin are missing and nothing stands in, or are there and cannot be used
   */
  public Result hear(Sound sound, RunContext run) {
    try {
      return finite(new Result(name, first.get().hear(sound, run)));
    } catch (MaestroException e) {
      boolean there = run.pack().flatMap(pack -> pack.part(name)).isPresent() && isInstalled();
      if (e.kind() != Kind.CONFIGURATION || there) {
        throw e;
      }
      if (otherwise.isEmpty() || otherwise.equals(name)) {
        throw new MaestroException(
            Kind.CONFIGURATION,
            e.part(),
            e.reason(),
            e.next()
                + ", or let "
                + metric
                + " hear with another embedding, such as embedding.mel-statistics, which needs no"
                + " weights (--set "
                + metric.substring(metric.indexOf('.') + 1)
                + ".embedding=NAME)",
            e);
      }
      run.remark(metric + " hears with " + otherwise + ": " + e.part() + ": " + e.reason());
      return finite(new Result(otherwise, second.get().hear(sound, run)));
    }
  }

  private boolean isInstalled() {
    try {
      first.get();
      return true;
    } catch (MaestroException e) {
      return false;
    }
  }

  private static Result finite(Result result) {
    for (float[] patch : result.heard().embeddings()) {
      check(result.embedding(), patch);
    }
    check(result.embedding(), result.heard().logits());
    return result;
  }

  private static void check(String embedding, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new MaestroException(
            Kind.INPUT,
            embedding,
            "what it hears in the sound is not a finite number",
            "look at the sound, or leave it out");
      }
    }
  }

  /** Which embedding heard samples whose metadata {@link Result#embedding} was kept in. */
  public String named(List<MetricSample> samples) {
    String names =
        samples.stream()
            .map(sample -> sample.values().metadata().getOrDefault(EMBEDDING, name))
            .distinct()
            .sorted()
            .collect(Collectors.joining(" and "));
    return names.isEmpty() ? name : names;
  }

  /** Tensors of a sample, with the embedding that heard them. */
  public static NamedTensors sample(Map<String, FloatTensor> tensors, Result heard) {
    return new NamedTensors(tensors, Map.of(EMBEDDING, heard.embedding()));
  }

  /** Gives the embeddings back, if they were taken. */
  @Override
  public void close() {
    first.close();
    second.close();
  }
}
