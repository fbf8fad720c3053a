package maestro.runtime.bundles;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Component;

/**
 * Which bundles jobs are using. A bundle that shall go is <em>retired</em>: it is given to no
 * further job. Before anything is stopped, it and all that would be disturbed with it are
 * <em>closed</em>, which succeeds only while no job has any of them; whoever asks for a closed
 * bundle waits the moment until it is open again. Thread-safe.
 */
@Component(service = BundleLeases.class)
public final class BundleLeases {
  private final Map<Long, Integer> users = new HashMap<>();
  private final Set<Long> retired = new HashSet<>();
  private final Set<Long> closed = new HashSet<>();
  private long changes;
  private final List<Runnable> idleListeners = new ArrayList<>();

  /**
   * Takes a bundle for a job.
   *
   * @return false when the bundle is retired or not running
   */
  public synchronized boolean acquire(Bundle bundle) {
    waitWhile(() -> closed.contains(bundle.getBundleId()));
    boolean running = (bundle.getState() & (Bundle.ACTIVE | Bundle.STARTING)) != 0;
    if (retired.contains(bundle.getBundleId()) || !running) {
      return false;
    }
    users.merge(bundle.getBundleId(), 1, Integer::sum);
    return true;
  }

  /** How often bundles were retired or opened again; to be compared by {@link #changedSince}. */
  public synchronized long changes() {
    return changes;
  }

  /**
   * Waits until nothing is closed, and says whether anything changed since then: what was missing
   * may be there now.
   */
  public synchronized boolean changedSince(long changesThen) {
    waitWhile(() -> !closed.isEmpty());
    return changes != changesThen;
  }

  private void waitWhile(BooleanSupplier condition) {
    boolean interrupted = false;
    while (condition.getAsBoolean()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // the wait is short; the caller sees the interrupt afterwards
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives a bundle back. */
  public void release(Bundle bundle) {
    List<Runnable> toTell = List.of();
    synchronized (this) {
      if (users.merge(bundle.getBundleId(), -1, Integer::sum) == 0) {
        users.remove(bundle.getBundleId());
        toTell = List.copyOf(idleListeners);
      }
    }
    toTell.forEach(Runnable::run);
  }

  /** Jobs that have a bundle now. */
  public synchronized int users(Bundle bundle) {
    return users.getOrDefault(bundle.getBundleId(), 0);
  }

  /** True for a bundle that is given to no further job. */
  public synchronized boolean retired(Bundle bundle) {
    return retired.contains(bundle.getBundleId());
  }

  /** Gives the bundle to no further job. */
  synchronized void retire(Bundle bundle) {
    retired.add(bundle.getBundleId());
    changes++;
  }

  /** Gives the bundle to jobs again. */
  synchronized void reinstate(Bundle bundle) {
    retired.remove(bundle.getBundleId());
  }

  /** Closes bundles, if no job has any of them. */
  synchronized boolean tryClose(Collection<Bundle> bundles) {
    if (bundles.stream().anyMatch(bundle -> users.containsKey(bundle.getBundleId()))) {
      return false;
    }
    bundles.forEach(bundle -> closed.add(bundle.getBundleId()));
    return true;
  }

  /** Opens closed bundles. */
  synchronized void open(Collection<Bundle> bundles) {
    bundles.forEach(bundle -> closed.remove(bundle.getBundleId()));
    changes++;
    notifyAll();
  }

  /** Calls back whenever the last job has given a bundle back. */
  synchronized void onIdle(Runnable listener) {
    idleListeners.add(listener);
  }
}
