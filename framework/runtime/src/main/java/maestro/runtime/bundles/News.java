package maestro.runtime.bundles;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import maestro.runtime.command.PluginUses;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Says what came into the running host and what it can be used in. */
final class News {
  private News() {}

  /** One sentence about a bundle that came, with the plugins in it. */
  static String came(BundleContext context, Candidate candidate, Bundle bundle) {
    String sentence =
        candidate.file() + (candidate.shipped() ? " of the distribution is back" : " came");
    List<String> plugins = new ArrayList<>();
    for (String plugin : plugins(bundle)) {
      plugins.add(recipes(context, plugin).map(uses -> plugin + uses).orElse(plugin));
    }
    return plugins.isEmpty() ? sentence : sentence + ": " + String.join("; ", plugins);
  }

  private static Set<String> plugins(Bundle bundle) {
    Set<String> names = new TreeSet<>();
    for (ServiceReference<?> service : BundleContents.services(bundle)) {
      if (service.getProperty("maestro.name") instanceof String name) {
        names.add(name);
      }
    }
    return names;
  }

  /** What recipes a plugin is for, where somebody knows the recipes and it is one for recipes. */
  private static Optional<String> recipes(BundleContext context, String plugin) {
    ServiceReference<PluginUses> reference = context.getServiceReference(PluginUses.class);
    PluginUses uses = reference == null ? null : context.getService(reference);
    if (uses == null || !plugin.contains(".") || plugin.startsWith("metric.")) {
      return Optional.empty();
    }
    try {
      List<String> recipes = uses.recipes(plugin);
      return Optional.of(
          recipes.isEmpty()
              ? ", which no recipe names yet: add {\"id\": \""
                  + plugin
                  + "\"} to the bundles of one"
              : ", named by " + String.join(", ", recipes));
    } finally {
      context.ungetService(reference);
    }
  }
}
