package maestro.runtime.bundles;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import maestro.api.MaestroException;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;

/** Who is disturbed when a bundle goes: what is wired to it, and what uses its services. */
final class Disturbed {
  private final FrameworkWiring wiring;
  private final Predicate<Bundle> pinned;

  /**
   * An answer for one framework.
   *
   * @param pinned tells bundles that nothing may disturb
   */
  Disturbed(FrameworkWiring wiring, Predicate<Bundle> pinned) {
    this.wiring = wiring;
    this.pinned = pinned;
  }

  /**
   * The bundle, what is wired to it, and what uses services of any of these, on and on.
   *
   * @param wires false for a bundle that only stops: what is wired to it keeps its classes
   */
  Set<Bundle> by(Bundle bundle, boolean wires) {
    Set<Bundle> all = new LinkedHashSet<>(Set.of(bundle));
    Deque<Bundle> todo = new ArrayDeque<>(all);
    while (!todo.isEmpty()) {
      Bundle next = todo.remove();
      Collection<Bundle> disturbed = new ArrayList<>(serviceUsers(next));
      if (wires) {
        disturbed.addAll(wiring.getDependencyClosure(Set.of(next)));
      }
      for (Bundle other : disturbed) {
        if (other.getBundleId() != 0 && all.add(other)) {
          todo.add(other);
        }
      }
    }
    return all;
  }

  /**
   * Refuses what would disturb a pinned bundle.
   *
   * @throws MaestroException that names it
   */
  void guard(Bundle bundle, Set<Bundle> disturbed) {
    Optional<Bundle> pinnedOne = disturbed.stream().filter(pinned).findFirst();
    if (pinnedOne.isPresent()) {
      throw BundleManager.refused(
          bundle.getSymbolicName(),
          pinnedOne.get().equals(bundle)
              ? "is pinned and cannot go while the process lives"
              : "cannot go while the process lives: "
                  + pinnedOne.get().getSymbolicName()
                  + " depends on it",
          "change the distribution and restart");
    }
  }

  /**
   * Users of a bundle's services; the host's own bundle is none, it uses plugins only through
   * leases.
   */
  private Set<Bundle> serviceUsers(Bundle bundle) {
    Set<Bundle> users = new HashSet<>();
    ServiceReference<?>[] services =
        bundle.getState() == Bundle.ACTIVE ? bundle.getRegisteredServices() : null;
    for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
      Bundle[] using = service.getUsingBundles();
      users.addAll(using == null ? List.of() : List.of(using));
    }
    users.removeIf(user -> pinned.test(user) && !user.equals(bundle));
    return users;
  }
}
