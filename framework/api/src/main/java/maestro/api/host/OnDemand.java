package maestro.api.host;

import java.util.Map;
import java.util.function.Supplier;

/**
 * A plugin that another plugin uses: leased with its default settings when it is first asked for,
 * since opening a network is dear, and held until this is closed. Thread-safe.
 *
 * @param <T> the service interface
 */
public final class OnDemand<T> implements Supplier<T>, AutoCloseable {
  private final Supplier<PluginLease<T>> source;
  private PluginLease<T> lease;
  private T service;

  private OnDemand(Supplier<PluginLease<T>> source, T service) {
    this.source = source;
    this.service = service;
  }

  /** The plugin of that name and kind; nothing is leased yet. */
  public static <T> OnDemand<T> lease(PluginRegistry registry, Class<T> kind, String name) {
    return new OnDemand<>(() -> registry.lease(kind, name, Map.of()), null);
  }

  /** Something that is there already and that nobody has to give back, as in a test. */
  public static <T> OnDemand<T> of(T service) {
    return new OnDemand<>(null, service);
  }

  /**
   * The plugin.
   *
   * @throws maestro.api.MaestroException of kind CONFIGURATION when there is no such plugin
   */
  @Override
  public synchronized T get() {
    if (service == null) {
      lease = source.get();
      service = lease.service();
    }
    return service;
  }

  /** Gives the plugin back, if it was taken. */
  @Override
  public synchronized void close() {
    if (lease != null) {
      lease.close();
      lease = null;
      service = null;
    }
  }
}
