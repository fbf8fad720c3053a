package maestro.api.run;

import java.util.Optional;
import maestro.api.pack.ModelPack;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The small safe surface a plugin gets for one run: say how far you are, learn that you should
 * stop, and know the device, the seed and the weights of this run. Implemented by the host;
 * thread-safe.
 */
@ProviderType
public interface RunContext {
  /**
   * Reports progress of the current stage, and stops it when the run was cancelled. Call it once a
   * step.
   *
   * @param done steps finished, 0 … total
   * @param total steps in all, or 0 when unknown
   * @throws maestro.api.MaestroException of kind CANCELLED when the user cancelled
   */
  void progress(long done, long total);

  /** Stops the stage when the run was cancelled, without reporting progress. */
  void checkCancelled();

  /** Where tensor code shall run. */
  Device device();

  /** The noise of this run; the same seed gives the same numbers for any number of threads. */
  Noise noise();

  /** The model pack of this run; empty when the recipe names none. */
  Optional<ModelPack> pack();

  /**
   * A value the plugin declared to take, {@code "composer"}, from the node that gives it.
   *
   * @param kind name of the kind of value
   * @param type what its values are
   * @return empty when nothing in the recipe gives one, or outside of a generation graph
   */
  default <T> Optional<T> input(String kind, Class<T> type) {
    return Optional.empty();
  }

  /**
   * Adds a line to what the user reads with the result ("no sound in the film"). Kept in the
   * manifest.
   */
  void remark(String sentence);
}
