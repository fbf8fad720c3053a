package maestro.runtime.plugins;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import maestro.api.MaestroException;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.files.Sha256;
import maestro.runtime.bundles.BundleLeases;
import maestro.runtime.bundles.BundleManager;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The plugins among the services, and the leases on them. */
@Component
public final class Registry implements PluginRegistry {
  private static final String NAME = "maestro.name";
  static final String FORMERLY = "maestro.formerly";
  private static final long PATIENCE_SECONDS = 10;
  private static final long APPEARANCE_MILLIS = 500;
  private static final long AGAIN_MILLIS = 5;

  private final BundleContext context;
  private final Configurations configurations;
  private final BundleLeases leases;
  private final BundleManager bundles;
  private final Explanations explanations;
  private final SharedServices services;
  private final WiredCode code;
  private final Identities identities;
  private final Descriptions descriptions;

  /** Made by Declarative Services. */
  @Activate
  public Registry(
      BundleContext context,
      @Reference Configurations configurations,
      @Reference BundleLeases leases,
      @Reference BundleManager bundles,
      @Reference Explanations explanations) {
    this.context = context;
    this.configurations = configurations;
    this.leases = leases;
    this.bundles = bundles;
    this.explanations = explanations;
    this.services = new SharedServices(context);
    this.code = new WiredCode(bundles);
    this.identities = new Identities(this, configurations);
    this.descriptions = new Descriptions(bundles, code);
  }

  @Override
  public List<PluginDescription> plugins() {
    Map<String, PluginDescription> byName = new TreeMap<>();
    for (ServiceReference<?> reference : references("(" + NAME + "=*)")) {
      Bundle bundle = reference.getBundle();
      String name = name(reference);
      if (bundle != null && !leases.retired(bundle)) {
        byName.putIfAbsent(
            name + " " + kind(reference),
            descriptions.of(reference, bundle, name, kind(reference)));
      }
    }
    return List.copyOf(byName.values());
  }

  @Override
  public PluginDescription describe(Class<?> kind, String name) {
    return whileItStays(
        kind,
        name,
        (found, bundle) -> descriptions.of(found, bundle, name(found), kind.getSimpleName()));
  }

  @Override
  public void check(Class<?> kind, String name, Map<String, Object> settings) {
    whileItStays(
        kind,
        name,
        (found, bundle) -> {
          String now = name(found);
          return Settings.of(bundle, now).check(configurations.withFeatures(now, settings));
        });
  }

  @Override
  public <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings) {
    Found found = hold(kind, name);
    Lease<T> lease = null;
    try {
      lease = lease(kind, name(found.reference), settings, found.bundle, found.reference);
      return lease;
    } finally {
      if (lease == null) {
        leases.release(found.bundle);
      }
    }
  }

  /** Asks a plugin's bundle something while it cannot go. */
  private <R> R whileItStays(
      Class<?> kind, String name, BiFunction<ServiceReference<?>, Bundle, R> question) {
    Found found = hold(kind, name);
    try {
      return question.apply(found.reference, found.bundle);
    } finally {
      leases.release(found.bundle);
    }
  }

  private record Found(ServiceReference<?> reference, Bundle bundle) {}

  /** The plugin of a name, whose bundle stays until it is released. */
  private Found hold(Class<?> kind, String name) {
    while (true) {
      ServiceReference<?> found = find(kind, name);
      Bundle bundle = found.getBundle();
      if (bundle != null && leases.acquire(bundle)) {
        return new Found(found, bundle);
      }
      // It was retired between the two calls: the next turn finds its successor, or says there is
      // none.
    }
  }

  private <T> Lease<T> lease(
      Class<T> kind,
      String name,
      Map<String, Object> asked,
      Bundle bundle,
      ServiceReference<?> found) {
    Settings described = Settings.of(bundle, name);
    Map<String, Object> settings = described.check(configurations.withFeatures(name, asked));
    PluginDescription plugin = descriptions.of(found, bundle, name, kind.getSimpleName());
    boolean configured = found.getProperty(Configurations.INSTANCE) != null;
    String digest =
        isDefault(described, name, settings) ? Configurations.DEFAULT : digest(settings);
    boolean own = configured && !digest.equals(Configurations.DEFAULT);
    String filter =
        "(&("
            + NAME
            + "="
            + name
            + ")("
            + Constants.SERVICE_BUNDLEID
            + "="
            + bundle.getBundleId()
            + ")("
            + Constants.OBJECTCLASS
            + "="
            + kind.getName()
            + ")";
    if (!own) {
      String id = Configurations.DEFAULT;
      filter += (configured ? "(" + Configurations.INSTANCE + "=" + id + ")" : "") + ")";
      long patience = TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS);
      Taken<T> taken = this.<T>take(filter, name, bundle, id, patience).orElse(null);
      if (taken == null) {
        throw explanations.failure(name, bundle, null);
      }
      return lease(taken, plugin, settings, () -> leases.release(bundle));
    }
    // Declarative Services loses the news of a configuration when another bundle of the same plugin
    // is being stopped in that moment; then a new configuration is news again.
    for (long left = TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS); ; left -= APPEARANCE_MILLIS) {
      Configurations.Instance instance = configurations.acquire(bundle, name, digest, settings);
      String full = filter + "(" + Configurations.INSTANCE + "=" + instance.id() + "))";
      Taken<T> taken = null;
      try {
        taken = this.<T>take(full, name, bundle, instance.id(), APPEARANCE_MILLIS).orElse(null);
      } finally {
        if (taken == null) {
          configurations.abandon(instance);
        }
      }
      if (taken != null) {
        return lease(
            taken,
            plugin,
            settings,
            () -> {
              configurations.release(instance);
              leases.release(bundle);
            });
      }
      if (left <= 0 || Thread.currentThread().isInterrupted()) {
        throw explanations.failure(name, bundle, null);
      }
    }
  }

  @Override
  public boolean isOff(String name) {
    return plugins().stream().noneMatch(plugin -> plugin.answersTo(name))
        && explanations.isOff(name);
  }

  @Override
  public String code(Class<?> type) {
    Bundle bundle = FrameworkUtil.getBundle(type);
    return bundle == null ? "" : code.digest(bundle);
  }

  private record Taken<T>(ServiceReference<T> reference, T service) {}

  private <T> Lease<T> lease(
      Taken<T> taken, PluginDescription plugin, Map<String, Object> settings, Runnable end) {
    List<PluginDescription> uses = new ArrayList<>();
    String identity = identities.of(plugin, settings, uses);
    return new Lease<>(
        taken.service,
        plugin,
        settings,
        identity,
        uses,
        () -> {
          try {
            services.giveBack(taken.reference, taken.service);
          } finally {
            end.run();
          }
        });
  }

  /**
   * Takes an instance. While Declarative Services replaces one under other jobs it may give none
   * for a moment, without a reason; then it is asked again.
   *
   * @return empty when it does not appear in time
   */
  @SuppressWarnings("unchecked") // the filter names the class
  private <T> Optional<Taken<T>> take(
      String filter, String name, Bundle bundle, String id, long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (true) {
      Optional<ServiceReference<?>> reference = await(filter, end - System.nanoTime());
      if (reference.isEmpty()) {
        return Optional.empty();
      }
      ServiceReference<T> typed = (ServiceReference<T>) reference.get();
      T service = services.take(typed);
      if (service != null) {
        return Optional.of(new Taken<>(typed, service));
      }
      if (explanations.reason(name, bundle, id).isPresent()) {
        throw explanations.failure(name, bundle, id);
      }
      if (System.nanoTime() > end || Thread.currentThread().isInterrupted()) {
        return Optional.empty();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS));
    }
  }

  private boolean isDefault(Settings described, String name, Map<String, Object> settings) {
    try {
      return described.check(configurations.withFeatures(name, Map.of())).equals(settings);
    } catch (MaestroException e) {
      return false; // there is no default instance: some setting has to be given
    }
  }

  /** An instance for new settings appears a moment after they were stored. */
  private Optional<ServiceReference<?>> await(String filter, long nanos) {
    CountDownLatch appeared = new CountDownLatch(1);
    ServiceListener listener = event -> appeared.countDown();
    try {
      context.addServiceListener(listener, filter);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
    try {
      List<ServiceReference<?>> there = references(filter);
      if (there.isEmpty() && appeared.await(nanos, TimeUnit.NANOSECONDS)) {
        there = references(filter);
      }
      return there.stream().findFirst();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      context.removeServiceListener(listener);
    }
  }

  private ServiceReference<?> find(Class<?> kind, String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "'" + name + "'",
          "is no plugin name",
          "write for instance encoder.clip");
    }
    String filter =
        "(&(|("
            + NAME
            + "="
            + name
            + ")("
            + FORMERLY
            + "="
            + name
            + "))("
            + Constants.OBJECTCLASS
            + "="
            + kind.getName()
            + "))";
    while (true) {
      long before = leases.changes();
      // Who has the name today goes before who had it once.
      Optional<ServiceReference<?>> best =
          references(filter).stream()
              .filter(reference -> !isLeaving(reference))
              .min(Comparator.comparing(reference -> !name.equals(name(reference))));
      if (best.isPresent()) {
        return best.get();
      }
      // A successor, or the library it needs, may have come in this moment: then it is looked for
      // again.
      boolean changed = leases.changedSince(before);
      List<PluginDescription> there = plugins();
      boolean came =
          there.stream()
              .anyMatch(
                  plugin -> plugin.answersTo(name) && plugin.kind().equals(kind.getSimpleName()));
      if (!changed && !came) {
        throw explanations.absent(kind, name, there);
      }
    }
  }

  private boolean isLeaving(ServiceReference<?> reference) {
    Bundle bundle = reference.getBundle();
    return bundle == null || leases.retired(bundle);
  }

  /** Services, those of the newest bundle first, and of one bundle the default instance first. */
  private List<ServiceReference<?>> references(String filter) {
    try {
      ServiceReference<?>[] all = context.getAllServiceReferences(null, filter);
      List<ServiceReference<?>> sorted = new ArrayList<>(all == null ? List.of() : List.of(all));
      sorted.removeIf(reference -> reference.getBundle() == null);
      sorted.sort(NEWEST_FIRST);
      return sorted;
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static final Comparator<ServiceReference<?>> NEWEST_FIRST =
      Comparator.<ServiceReference<?>, org.osgi.framework.Version>comparing(Registry::version)
          .thenComparing(reference -> (Long) reference.getProperty(Constants.SERVICE_BUNDLEID))
          .reversed()
          .thenComparing(
              reference ->
                  !Configurations.DEFAULT.equals(reference.getProperty(Configurations.INSTANCE)))
          .thenComparing(reference -> (Long) reference.getProperty(Constants.SERVICE_ID));

  private static org.osgi.framework.Version version(ServiceReference<?> reference) {
    Bundle bundle = reference.getBundle();
    return bundle == null ? org.osgi.framework.Version.emptyVersion : bundle.getVersion();
  }

  private static String name(ServiceReference<?> reference) {
    return String.valueOf(reference.getProperty(NAME));
  }

  private static String kind(ServiceReference<?> reference) {
    String type = ((String[]) reference.getProperty(Constants.OBJECTCLASS))[0];
    return type.substring(type.lastIndexOf('.') + 1);
  }

  private static String digest(Map<String, Object> settings) {
    return Sha256.of(new TreeMap<>(settings).toString()).substring(0, 16);
  }
}
