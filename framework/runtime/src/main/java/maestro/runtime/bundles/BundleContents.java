package maestro.runtime.bundles;

import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/**
 * What is in a bundle that another thread may uninstall at any moment: a bundle that has gone has
 * nothing, where the framework itself would throw.
 */
public final class BundleContents {
  private BundleContents() {}

  /** The services it offers now. */
  public static List<ServiceReference<?>> services(Bundle bundle) {
    return unlessGone(
        bundle,
        () -> {
          ServiceReference<?>[] services = bundle.getRegisteredServices();
          return services == null ? List.of() : List.of(services);
        });
  }

  /** Files of a folder whose names match a pattern such as {@code *.xml}. */
  public static List<URL> files(Bundle bundle, String folder, String pattern) {
    return unlessGone(bundle, () -> list(bundle.findEntries(folder, pattern, false)));
  }

  /** The file of this path, if it is there. */
  static List<URL> file(Bundle bundle, String path) {
    return unlessGone(bundle, () -> Stream.ofNullable(bundle.getEntry(path)).toList());
  }

  /** Paths of what stands directly in a folder; those of folders end with a slash. */
  static List<String> paths(Bundle bundle, String folder) {
    return unlessGone(bundle, () -> list(bundle.getEntryPaths(folder)));
  }

  private static <T> List<T> unlessGone(Bundle bundle, Supplier<List<T>> reading) {
    try {
      return reading.get();
    } catch (IllegalStateException e) {
      if (bundle.getState() != Bundle.UNINSTALLED) {
        throw e;
      }
      return List.of();
    }
  }

  private static <T> List<T> list(Enumeration<T> all) {
    return all == null ? List.of() : Collections.list(all);
  }
}
