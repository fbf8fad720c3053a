package maestro.graph;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.pack.ModelPack;

/** All plugins of one job, taken together at its start and given back together at its end. */
final class Leases implements AutoCloseable {
  private final Deque<PluginLease<?>> open = new ArrayDeque<>();
  private final Map<String, PluginLease<?>> byName = new HashMap<>();
  private final Map<String, String> identities = new LinkedHashMap<>();
  private final Map<String, Map<String, Object>> described = new LinkedHashMap<>();

  private final String device;

  /**
   * Takes every part of a plan, or none.
   *
   * @param device the recipe's, of which results depend
   */
  Leases(PluginRegistry registry, RecipeChecker.Plan plan, String device) {
    this.device = device;
    try {
      for (RecipeChecker.Part part : plan.parts()) {
        PluginLease<?> lease =
            registry.lease(part.kind(), part.entry().id(), part.entry().config());
        open.push(lease);
        byName.put(part.entry().id(), lease);
        identities.put(part.entry().id(), identity(lease, plan.pack()));
        described.put(part.entry().id(), describe(lease));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The plugin of a part. */
  <T> T service(Class<T> kind, RecipeChecker.Part part) {
    return kind.cast(byName.get(part.entry().id()).service());
  }

  /** Digest of bundle, settings and weights of a part. */
  String identity(RecipeChecker.Part part) {
    return identities.get(part.entry().id());
  }

  /** Begins the fingerprint of a stage that a part computes. */
  Fingerprint fingerprint(String stage, int version, RecipeChecker.Part part) {
    return new Fingerprint(stage, version).with(identity(part)).with(device);
  }

  /** What the manifest says of each part. */
  Collection<Map<String, Object>> descriptions() {
    return described.values();
  }

  /** Gives everything back, last taken first. */
  @Override
  public void close() {
    RuntimeException first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static Map<String, Object> describe(PluginLease<?> lease) {
    PluginDescription plugin = lease.plugin();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", plugin.name());
    json.put("bundle", plugin.bundle());
    json.put("version", plugin.version());
    json.put("digest", plugin.digest());
    json.put("wired", plugin.code().wired());
    if (!lease.uses().isEmpty()) {
      Map<String, String> uses = new TreeMap<>();
      lease.uses().forEach(used -> uses.put(used.name(), used.code().wired()));
      json.put("uses", uses);
    }
    json.put("settings", new TreeMap<>(lease.settings()));
    return json;
  }

  private static String identity(PluginLease<?> lease, Optional<ModelPack> pack) {
    Fingerprint identity = new Fingerprint("plugin", 2).with(lease.identity());
    pack.ifPresent(present -> identity.with(Weights.identity(present, lease)));
    return identity.hex();
  }
}
