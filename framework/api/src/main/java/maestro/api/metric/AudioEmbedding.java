package maestro.api.metric;

import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A network that hears: embeddings for distances, and class logits where it has any. Thread-safe.
 */
@ConsumerType
public interface AudioEmbedding {
  /** Width of one embedding. */
  int width();

  /** Number of classes of {@link Heard#logits()}, 0 when the network has none. */
  int classes();

  /**
   * Listens to a sound of any rate.
   *
   * @throws maestro.api.MaestroException of kind CONFIGURATION when weights are missing
   */
  Heard hear(Sound sound, RunContext run);

  /**
   * What was heard.
   *
   * @param embeddings {@code [patches][width]}, at least one patch
   * @param logits {@code [classes]} for the whole sound, before softmax or sigmoid
   */
  record Heard(float[][] embeddings, float[] logits) {}
}
