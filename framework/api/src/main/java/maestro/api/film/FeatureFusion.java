package maestro.api.film;

import java.util.Map;
import java.util.Set;
import maestro.api.run.RunContext;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Joins the features of the encoders that took part into one condition (paper, section 3.1, LAFF).
 */
@ConsumerType
public interface FeatureFusion {
  /**
   * Fuses any non-empty subset of features.
   *
   * @param features by encoder name, in the recipe's order
   * @param run weights and device
   * @throws maestro.api.MaestroException of kind CONFIGURATION when an encoder is not known to the
   *     weights
   */
  FilmCondition fuse(Map<String, FilmFeature> features, RunContext run);

  /**
   * Refuses encoders that the weights of the run's pack were not trained with, before anything
   * runs. Reads no weights.
   *
   * @param encoders names of the encoders whose features will be fused
   * @throws maestro.api.MaestroException of kind CONFIGURATION that names the first and says what
   *     to do
   */
  default void check(Set<String> encoders, RunContext run) {}
}
