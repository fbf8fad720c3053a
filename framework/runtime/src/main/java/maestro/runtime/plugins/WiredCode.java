package maestro.runtime.plugins;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import maestro.files.Sha256;
import maestro.runtime.bundles.BundleManager;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Which code a bundle runs: its own file and those it is wired to, directly or through others.
 * Wires that come about while the code runs (dynamic imports) do not count, so that the answer is
 * the same before and after. Thread-safe.
 */
final class WiredCode {
  private final BundleManager bundles;
  private final Map<BundleWiring, String> known = new WeakHashMap<>();

  WiredCode(BundleManager bundles) {
    this.bundles = bundles;
  }

  /** SHA-256 over the digests of all files, lower-case hexadecimal. */
  String digest(Bundle bundle) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    if (wiring == null) {
      return bundles.digest(bundle); // it is not resolved: nothing of it can run
    }
    synchronized (known) {
      String digest = known.get(wiring);
      if (digest == null) {
        Set<String> digests = new TreeSet<>();
        closure(wiring).forEach(one -> digests.add(bundles.digest(one)));
        digest = Sha256.of(String.join(" ", digests));
        known.put(wiring, digest);
      }
      return digest;
    }
  }

  private static Set<Bundle> closure(BundleWiring first) {
    Set<Bundle> all = new HashSet<>();
    Deque<BundleWiring> open = new ArrayDeque<>(Set.of(first));
    while (!open.isEmpty()) {
      BundleWiring wiring = open.pop();
      if (all.add(wiring.getBundle())) {
        for (BundleWire wire : wiring.getRequiredWires(null)) {
          if (runs(wire)) {
            open.push(wire.getProviderWiring());
          }
        }
        // A fragment is code of its host.
        for (BundleWire wire : wiring.getProvidedWires("osgi.wiring.host")) {
          all.add(wire.getRequirer().getBundle());
        }
      }
    }
    return all;
  }

  /** Classes come over wires of these kinds; the extender that makes components is none of them. */
  private static boolean runs(BundleWire wire) {
    return wire.getRequirement().getNamespace().startsWith("osgi.wiring.")
        && !"dynamic"
            .equals(wire.getRequirement().getDirectives().get(Constants.RESOLUTION_DIRECTIVE));
  }
}
