package maestro.training;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A kind of training, such as that of the Music VAE; a service. A recipe names it in {@code task}
 * and gives it its settings in {@code config}.
 */
@ConsumerType
public interface TrainingTask {
  /** What a recipe calls it, {@code music-vae}. */
  String name();

  /**
   * Builds the networks and opens the data.
   *
   * @throws maestro.api.MaestroException of kind CONFIGURATION when a setting is unknown or cannot
   *     be, of kind INPUT when the corpus does not fit
   */
  TrainingSession open(TrainingContext context);
}
