package maestro.runtime.bundles;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a distribution that is being made is whole. To the launcher the role {@code waiting} is a
 * {@code Supplier} of what bundles wait for, and {@code providers} a {@code Function} that picks of
 * jars those that would help.
 */
@Component(service = Completeness.class, immediate = true)
public final class Completeness {
  private static final Logger LOG = LoggerFactory.getLogger(Completeness.class);

  private final BundleContext context;
  private final Why why;

  /** Made by Declarative Services. */
  @Activate
  public Completeness(BundleContext context, @Reference Why why) {
    this.context = context;
    this.why = why;
    Supplier<Map<String, List<String>>> waiting = why::waiting;
    Launcher.offer(context, Supplier.class, waiting, "waiting");
    Function<List<Path>, List<Path>> providers = this::providers;
    Launcher.offer(context, Function.class, providers, "providers");
  }

  /**
   * Which jars have what bundles wait for, and what these need in turn. They are installed to be
   * looked at, and nothing of them starts.
   */
  List<Path> providers(List<Path> jars) {
    Deque<BundleRevision> open = new ArrayDeque<>();
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getBundleId() != 0 && why.state(bundle).equals("waiting")) {
        open.add(bundle.adapt(BundleRevision.class));
      }
    }
    Collection<BundleRevision> there = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      there.add(bundle.adapt(BundleRevision.class));
    }
    Map<Path, BundleRevision> others = installed(jars);
    List<Path> chosen = new ArrayList<>();
    while (!open.isEmpty()) {
      for (BundleRequirement need : open.remove().getDeclaredRequirements(null)) {
        if (Constants.RESOLUTION_OPTIONAL.equals(
                need.getDirectives().get(Constants.RESOLUTION_DIRECTIVE))
            || there.stream().anyMatch(one -> has(one, need))) {
          continue;
        }
        Optional<Map.Entry<Path, BundleRevision>> provider =
            others.entrySet().stream().filter(other -> has(other.getValue(), need)).findFirst();
        provider.ifPresent(
            found -> {
              chosen.add(found.getKey());
              there.add(found.getValue());
              open.add(found.getValue());
            });
      }
    }
    return chosen;
  }

  private Map<Path, BundleRevision> installed(List<Path> jars) {
    Map<Path, BundleRevision> revisions = new TreeMap<>();
    for (Path jar : jars) {
      try {
        Bundle bundle = context.installBundle("reference:" + jar.toUri());
        revisions.put(jar, bundle.adapt(BundleRevision.class));
      } catch (BundleException e) {
        LOG.info("{} is no bundle that could help: {}", jar.getFileName(), e.getMessage());
      }
    }
    return revisions;
  }

  private static boolean has(BundleRevision provider, BundleRequirement need) {
    String filter = need.getDirectives().get(Constants.FILTER_DIRECTIVE);
    for (BundleCapability offered : provider.getDeclaredCapabilities(need.getNamespace())) {
      try {
        if (filter == null || FrameworkUtil.createFilter(filter).matches(offered.getAttributes())) {
          return true;
        }
      } catch (InvalidSyntaxException e) {
        return false;
      }
    }
    return false;
  }
}
