package maestro.graph.run;

import java.util.function.BooleanSupplier;

/** Watches a run. Called from the threads that do the work; must return at once. */
public interface RunObserver {
  /** Nobody watches. */
  RunObserver NOBODY = event -> {};

  /** One that shows nothing and only says when to stop. */
  static RunObserver silent(BooleanSupplier cancelled) {
    return new RunObserver() {
      @Override
      public void on(StageEvent event) {
        // nobody looks
      }

      @Override
      public boolean cancelled() {
        return cancelled.getAsBoolean();
      }
    };
  }

  /** Something happened. */
  void on(StageEvent event);

  /** Whether the user asked to stop; asked at each step. */
  default boolean cancelled() {
    return false;
  }
}
