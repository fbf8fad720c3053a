package maestro.runtime.command;

import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;

/** Whether the user asked the running command to stop (Ctrl-C). Thread-safe. */
public final class Cancellation {
  private final List<Runnable> listeners = new ArrayList<>();
  private boolean requested;

  /** Asks the command to stop; later calls do nothing. */
  public void request() {
    List<Runnable> toTell;
    synchronized (this) {
      if (requested) {
        return;
      }
      requested = true;
      toTell = List.copyOf(listeners);
    }
    toTell.forEach(Runnable::run);
  }

  /** True once the user asked. */
  public synchronized boolean requested() {
    return requested;
  }

  /**
   * Ends the command if the user asked.
   *
   * @throws MaestroException of kind CANCELLED
   */
  public void check() {
    if (requested()) {
      throw new MaestroException(
          MaestroException.Kind.CANCELLED,
          "maestro",
          "cancelled",
          "run the same command again to continue");
    }
  }

  /** Calls back once when the user asks, at once if that has happened already. */
  public void onRequest(Runnable listener) {
    synchronized (this) {
      if (!requested) {
        listeners.add(listener);
        return;
      }
    }
    listener.run();
  }
}
