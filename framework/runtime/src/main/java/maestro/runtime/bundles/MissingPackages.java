package maestro.runtime.bundles;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** Says as a sentence which packages a bundle needs that nobody here offers. */
final class MissingPackages {
  private MissingPackages() {}

  /** The sentence, or empty when every package is there. */
  static Optional<String> explain(BundleContext context, Bundle bundle) {
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    if (revision == null) {
      return Optional.empty();
    }
    List<String> missing = new ArrayList<>();
    for (BundleRequirement requirement :
        revision.getDeclaredRequirements(PackageNamespace.PACKAGE_NAMESPACE)) {
      String filter = requirement.getDirectives().get(Constants.FILTER_DIRECTIVE);
      boolean optional =
          Constants.RESOLUTION_OPTIONAL.equals(
              requirement.getDirectives().get(Constants.RESOLUTION_DIRECTIVE));
      if (filter != null && !optional) {
        check(context, filter).ifPresent(missing::add);
      }
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("it needs " + String.join("; and ", missing));
  }

  private static Optional<String> check(BundleContext context, String filter) {
    String name = filter.replaceFirst(".*\\(osgi\\.wiring\\.package=([^)]*)\\).*", "$1");
    List<String> offered = new ArrayList<>();
    for (Bundle other : context.getBundles()) {
      BundleRevision revision = other.adapt(BundleRevision.class);
      if (revision == null) {
        continue;
      }
      for (BundleCapability capability :
          revision.getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE)) {
        if (!name.equals(capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))) {
          continue;
        }
        if (matches(filter, capability)) {
          return Optional.empty();
        }
        offered.add(
            other.getSymbolicName()
                + " has version "
                + capability.getAttributes().get(Constants.VERSION_ATTRIBUTE));
      }
    }
    return Optional.of(
        "package "
            + name
            + versions(filter)
            + ", "
            + (offered.isEmpty()
                ? "which no bundle here has"
                : "but " + String.join(", ", offered)));
  }

  private static boolean matches(String filter, BundleCapability capability) {
    try {
      return FrameworkUtil.createFilter(filter).matches(capability.getAttributes());
    } catch (InvalidSyntaxException e) {
      return false;
    }
  }

  private static String versions(String filter) {
    String low = find(filter, "\\(version>=([^)]*)\\)");
    String high = find(filter, "\\(!\\(version>=([^)]*)\\)\\)");
    return low.isEmpty()
        ? ""
        : high.isEmpty() ? " from " + low : " from " + low + " to below " + high;
  }

  private static String find(String filter, String expression) {
    var matcher = java.util.regex.Pattern.compile(expression).matcher(filter);
    return matcher.find() ? matcher.group(1) : "";
  }
}
