package maestro.bench;

import java.util.function.LongSupplier;

/**
 * A stage that was opened.
 *
 * @param work what to run, any number of times
 * @param close gives back what it holds
 * @param frames frames of film that one run sees
 */
record OpenedStage(Runnable work, Runnable close, LongSupplier frames) {
  /** One that sees no film. */
  OpenedStage(Runnable work, Runnable close) {
    this(work, close, () -> 0);
  }
}
