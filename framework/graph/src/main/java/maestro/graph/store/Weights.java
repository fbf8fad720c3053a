package maestro.graph.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.files.Json;

/** Which parts of a model pack belong to a plugin: those it declares, and one of its own name. */
public final class Weights {
  private static final String OPTIONAL = "?";

  private Weights() {}

  /** Names of the parts a plugin cannot do without. */
  public static List<String> required(PluginDescription plugin) {
    return plugin.declared().weights().stream().filter(part -> !part.endsWith(OPTIONAL)).toList();
  }

  /** The parts of a pack that a plugin, or one it uses, may read; sorted by name. */
  public static List<PackPart> of(ModelPack pack, PluginLease<?> lease) {
    Set<String> names = new LinkedHashSet<>();
    List<PluginDescription> plugins = new ArrayList<>(lease.uses());
    plugins.add(lease.plugin());
    for (PluginDescription plugin : plugins) {
      names.add(plugin.name());
      for (String part : plugin.declared().weights()) {
        names.add(part.endsWith(OPTIONAL) ? part.substring(0, part.length() - 1) : part);
      }
    }
    return names.stream().sorted().flatMap(name -> pack.part(name).stream()).toList();
  }

  /** A pack as a plugin sees it: with the parts that belong to it and no other. */
  public static ModelPack within(ModelPack pack, PluginLease<?> lease) {
    Map<String, PackPart> own = new LinkedHashMap<>();
    of(pack, lease).forEach(part -> own.put(part.name(), part));
    return new ModelPack() {
      @Override
      public String name() {
        return pack.name();
      }

      @Override
      public boolean untrained() {
        return pack.untrained();
      }

      @Override
      public List<String> parts() {
        return List.copyOf(own.keySet());
      }

      @Override
      public Optional<PackPart> part(String name) {
        return Optional.ofNullable(own.get(name));
      }
    };
  }

  /** Digest of what {@link #of} gives: weights and architecture of each part. */
  public static String identity(ModelPack pack, PluginLease<?> lease) {
    Fingerprint identity = new Fingerprint("weights", 1);
    for (PackPart part : of(pack, lease)) {
      identity.with(part.name()).with(part.digest()).with(Json.canonical(part.architecture()));
    }
    return identity.hex();
  }
}
