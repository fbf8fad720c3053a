package maestro.graph;

/** Watches a run. Called from the threads that do the work; must return at once. */
public interface RunObserver {
  /** Nobody watches. */
  RunObserver NOBODY = event -> {};

  /** Something happened. */
  void on(StageEvent event);

  /** Whether the user asked to stop; asked at each step. */
  default boolean cancelled() {
    return false;
  }
}
