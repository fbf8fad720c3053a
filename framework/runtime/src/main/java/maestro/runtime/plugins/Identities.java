package maestro.runtime.plugins;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.host.PluginDescription;
import maestro.files.Sha256;

/** What plugins are: their code and what it is wired to, their settings, and what they need. */
final class Identities {
  private final Registry registry;
  private final Configurations configurations;

  Identities(Registry registry, Configurations configurations) {
    this.registry = registry;
    this.configurations = configurations;
  }

  /**
   * What a plugin computes with, but for its weights.
   *
   * @param uses gets the plugins it needs, and those that they need
   */
  String of(PluginDescription plugin, Map<String, Object> settings, List<PluginDescription> uses) {
    StringBuilder text =
        new StringBuilder(plugin.name()).append('\n').append(plugin.code().wired());
    new TreeMap<>(settings)
        .forEach((name, value) -> text.append('\n').append(name).append('=').append(value));
    for (String need : plugin.declared().needs()) {
      String name =
          need.startsWith("${")
              ? String.valueOf(settings.getOrDefault(need.substring(2, need.length() - 1), ""))
              : need;
      text.append("\nneeds ").append(name);
      for (PluginDescription used : registry.plugins()) {
        if (used.answersTo(name) && !uses.contains(used)) {
          uses.add(used);
          text.append(' ').append(of(used, defaults(used), uses));
        }
      }
    }
    return Sha256.of(text.toString());
  }

  /** The settings a plugin has when another one leases it. */
  private Map<String, Object> defaults(PluginDescription plugin) {
    Map<String, Object> settings = new TreeMap<>();
    plugin.settings().stream()
        .filter(setting -> setting.defaultValue() != null)
        .forEach(setting -> settings.put(setting.name(), setting.defaultValue()));
    settings.putAll(configurations.withFeatures(plugin.name(), Map.of()));
    return settings;
  }
}
