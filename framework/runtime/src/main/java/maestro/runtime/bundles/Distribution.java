package maestro.runtime.bundles;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bundles the distribution ships, as the launcher lists them: a {@code List} of maps with
 * {@code file}, {@code order} and {@code pinned}, in start order.
 */
@Component(service = Distribution.class)
public final class Distribution {
  private static final Logger LOG = LoggerFactory.getLogger(Distribution.class);

  private final List<Shipped> bundles;
  private final Set<String> pinned;

  /**
   * One of them.
   *
   * @param file its jar
   * @param order lower ones start first
   * @param pinned true for a bundle that nothing may stop, replace or refresh while the process
   *     lives
   */
  record Shipped(BundleFile file, int order, boolean pinned) {}

  /** Made by Declarative Services. */
  @Activate
  @SuppressWarnings("unchecked") // what the launcher offers shares only JDK types with the bundles
  public Distribution(BundleContext context) {
    List<Map<String, Object>> listed =
        Launcher.offered(context, List.class, "distribution").orElse(List.of());
    this.bundles = listed.stream().flatMap(each -> read(each).stream()).toList();
    this.pinned =
        bundles.stream()
            .filter(Shipped::pinned)
            .map(each -> each.file().name())
            .collect(Collectors.toSet());
  }

  /** One that cannot be read is named and left out. */
  private static Optional<Shipped> read(Map<String, Object> listed) {
    try {
      BundleFile file = BundleFile.read((Path) listed.get("file"));
      return Optional.of(
          new Shipped(file, (Integer) listed.get("order"), (Boolean) listed.get("pinned")));
    } catch (MaestroException e) {
      LOG.warn("{}", e.getMessage());
      return Optional.empty();
    }
  }

  /** In start order. */
  List<Shipped> bundles() {
    return bundles;
  }

  /** True for the name of a bundle that nothing may stop, replace or refresh. */
  boolean pinned(String name) {
    return pinned.contains(name);
  }
}
