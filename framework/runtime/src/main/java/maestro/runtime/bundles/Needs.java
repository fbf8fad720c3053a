package maestro.runtime.bundles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** Says as a sentence what a bundle needs that is not here: a newer Java, packages, whatever. */
public final class Needs {
  private static final String JAVA = "osgi.ee";

  private Needs() {}

  /** The sentence, or empty when all is there. */
  public static Optional<String> explain(BundleContext context, Bundle bundle) {
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    if (revision == null) {
      return Optional.empty();
    }
    Set<String> missing = new LinkedHashSet<>();
    NeededJava.explain(bundle).ifPresent(missing::add);
    for (BundleRequirement requirement : revision.getDeclaredRequirements(null)) {
      String filter = requirement.getDirectives().get(Constants.FILTER_DIRECTIVE);
      if (filter == null || !mustBeThere(requirement)) {
        continue;
      }
      switch (requirement.getNamespace()) {
        case PackageNamespace.PACKAGE_NAMESPACE ->
            missingPackage(context, filter).ifPresent(missing::add);
        case JAVA -> tooOld(filter).ifPresent(missing::add);
        default -> {
          if (!offered(context, requirement.getNamespace(), filter)) {
            missing.add(requirement.getNamespace() + " " + filter + ", which nothing here offers");
          }
        }
      }
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("it needs " + String.join("; and ", missing));
  }

  private static boolean mustBeThere(BundleRequirement requirement) {
    Map<String, String> directives = requirement.getDirectives();
    boolean optional =
        Constants.RESOLUTION_OPTIONAL.equals(directives.get(Constants.RESOLUTION_DIRECTIVE));
    String effective = directives.getOrDefault(Constants.EFFECTIVE_DIRECTIVE, "");
    return !optional && (effective.isEmpty() || effective.equals(Constants.EFFECTIVE_RESOLVE));
  }

  private static Optional<String> tooOld(String filter) {
    String version = find(filter, "\\(version>?=(\\d+)[^)]*\\)");
    return version.isEmpty() ? Optional.empty() : NeededJava.tooNew(Integer.parseInt(version));
  }

  private static boolean offered(BundleContext context, String namespace, String filter) {
    return Arrays.stream(context.getBundles())
        .map(bundle -> bundle.adapt(BundleRevision.class))
        .filter(Objects::nonNull)
        .flatMap(revision -> revision.getDeclaredCapabilities(namespace).stream())
        .anyMatch(capability -> matches(filter, capability));
  }

  private static Optional<String> missingPackage(BundleContext context, String filter) {
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
