package maestro.api.host;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What plugins were called before. Recipes, packs and manifests that were written then still say
 * those names. A plugin that was divided left its name to several of today.
 *
 * @param former today's names by each former one, at least one
 * @param settings names of the settings of those plugins of today, by their names
 */
public record PluginNames(Map<String, List<String>> former, Map<String, Set<String>> settings) {
  /** Nothing was ever called otherwise. */
  public static final PluginNames NONE = new PluginNames(Map.of(), Map.of());

  /** Copies the maps. */
  public PluginNames {
    former =
        former.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, entry -> List.copyOf(entry.getValue())));
    settings = Map.copyOf(settings);
  }

  /**
   * Names of plugins none of which was divided.
   *
   * @param former today's name by each former one
   */
  public PluginNames(Map<String, String> former) {
    this(
        former.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> List.of(entry.getValue()))),
        Map.of());
  }

  /**
   * What the plugins that are on were called before. A name that one of them has today is no former
   * name of another.
   */
  public static PluginNames of(PluginRegistry registry) {
    List<PluginDescription> plugins = registry.plugins();
    Map<String, List<String>> former = new HashMap<>();
    Map<String, Set<String>> settings = new HashMap<>();
    for (PluginDescription plugin : plugins) {
      for (String name : plugin.declared().formerly()) {
        List<String> today = former.computeIfAbsent(name, key -> new ArrayList<>());
        if (!today.contains(plugin.name())) {
          today.add(plugin.name());
        }
        settings.put(
            plugin.name(),
            plugin.settings().stream()
                .map(PluginDescription.Setting::name)
                .collect(Collectors.toSet()));
      }
    }
    plugins.forEach(plugin -> former.remove(plugin.name()));
    return new PluginNames(former, settings);
  }

  /**
   * Today's name of what may be a former one. Any other text, and the name of a plugin that was
   * divided, stays as it is.
   */
  public String current(String name) {
    List<String> today = all(name);
    return today.size() == 1 ? today.get(0) : name;
  }

  /** Today's names of what may be a former one; any other text as it is. */
  public List<String> all(String name) {
    return former.getOrDefault(name, List.of(name));
  }

  /**
   * Settings for what may be a former name: each plugin of today gets those that it has. What none
   * of them has goes to all, so that it is refused by name.
   *
   * @return settings by today's name; of a plugin that was not divided, all of them
   */
  public Map<String, Map<String, Object>> divided(String name, Map<String, Object> given) {
    List<String> today = all(name);
    Map<String, Map<String, Object>> divided = new LinkedHashMap<>();
    for (String one : today) {
      Map<String, Object> own = new LinkedHashMap<>(given);
      own.keySet().removeIf(setting -> !has(one, setting) && someHas(today, setting));
      divided.put(one, own);
    }
    return divided;
  }

  private boolean someHas(List<String> plugins, String setting) {
    return plugins.stream().anyMatch(plugin -> has(plugin, setting));
  }

  private boolean has(String plugin, String setting) {
    return settings.getOrDefault(plugin, Set.of()).contains(setting);
  }
}
