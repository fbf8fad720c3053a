package maestro.runtime.plugins;

import java.util.List;
import maestro.api.host.PluginDescription;
import maestro.runtime.bundles.BundleManager;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/** What plugins say of themselves, read from their services without an instance. */
final class Descriptions {
  private final BundleManager bundles;
  private final WiredCode code;

  Descriptions(BundleManager bundles, WiredCode code) {
    this.bundles = bundles;
    this.code = code;
  }

  PluginDescription of(ServiceReference<?> reference, Bundle bundle, String name, String kind) {
    Object paper = reference.getProperty("maestro.paper");
    return new PluginDescription(
        name,
        kind,
        new PluginDescription.Code(
            bundle.getSymbolicName(),
            bundle.getVersion().toString(),
            bundles.digest(bundle),
            code.digest(bundle)),
        new PluginDescription.Declaration(
            paper == null ? "" : paper.toString(),
            words(reference.getProperty("maestro.needs")),
            words(reference.getProperty("maestro.weights")),
            words(reference.getProperty("maestro.takes")),
            words(reference.getProperty(Registry.FORMERLY))),
        Settings.of(bundle, name).describe());
  }

  private static List<String> words(Object property) {
    return property instanceof String[] many
        ? List.of(many)
        : property == null ? List.of() : List.of(property.toString());
  }
}
