package maestro.graph.run;

import java.time.Duration;
import java.util.Optional;

/**
 * Something a watcher of a run may show.
 *
 * @param stage the stage's name, {@code sampler.ddim}
 * @param number how many stages have begun, this one included
 * @param count stages of the run in all
 * @param state what happened
 * @param done steps finished
 * @param total steps in all, 0 when unknown
 * @param remaining estimate for this stage, once it can be made
 */
public record StageEvent(
    String stage,
    int number,
    int count,
    State state,
    long done,
    long total,
    Optional<Duration> remaining) {
  /** What can happen to a stage. */
  public enum State {
    /** It began. */
    BEGUN,
    /** A step is done. */
    STEP,
    /** It is done. */
    DONE,
    /** Its result was found in the cache. */
    KEPT
  }
}
