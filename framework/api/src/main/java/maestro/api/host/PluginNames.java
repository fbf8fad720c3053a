package maestro.api.host;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What plugins were called before. Recipes, packs and manifests that were written then still say
 * those names.
 *
 * @param former today's name by each former one
 */
public record PluginNames(Map<String, String> former) {
  /** Nothing was ever called otherwise. */
  public static final PluginNames NONE = new PluginNames(Map.of());

  /** Copies the map. */
  public PluginNames {
    former = Map.copyOf(former);
  }

  /**
   * What the plugins that are on were called before. A name that one of them has today is no former
   * name of another.
   */
  public static PluginNames of(PluginRegistry registry) {
    List<PluginDescription> plugins = registry.plugins();
    Map<String, String> former = new HashMap<>();
    for (PluginDescription plugin : plugins) {
      plugin.declared().formerly().forEach(name -> former.putIfAbsent(name, plugin.name()));
    }
    plugins.forEach(plugin -> former.remove(plugin.name()));
    return new PluginNames(former);
  }

  /** Today's name of what may be a former one; any other text as it is. */
  public String current(String name) {
    return former.getOrDefault(name, name);
  }
}
