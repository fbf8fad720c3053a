package maestro.runtime.plugins;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;

/**
 * A lease that gives back once. It forgets the plugin then, so that a kept lease keeps no class
 * loader.
 */
final class Lease<T> implements PluginLease<T> {
  private final AtomicReference<T> service;
  private final PluginDescription plugin;
  private final Map<String, Object> settings;
  private final String identity;
  private final List<PluginDescription> uses;
  private final AtomicReference<Runnable> giveBack;

  Lease(
      T service,
      PluginDescription plugin,
      Map<String, Object> settings,
      String identity,
      List<PluginDescription> uses,
      Runnable giveBack) {
    this.service = new AtomicReference<>(service);
    this.plugin = plugin;
    this.settings = Map.copyOf(settings);
    this.identity = identity;
    this.uses = List.copyOf(uses);
    this.giveBack = new AtomicReference<>(giveBack);
  }

  @Override
  public T service() {
    T held = service.get();
    if (held == null) {
      throw new IllegalStateException(plugin.name() + " was given back already");
    }
    return held;
  }

  @Override
  public PluginDescription plugin() {
    return plugin;
  }

  @Override
  public Map<String, Object> settings() {
    return settings;
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public List<PluginDescription> uses() {
    return uses;
  }

  @Override
  public void close() {
    service.set(null);
    Runnable once = giveBack.getAndSet(null);
    if (once != null) {
      once.run();
    }
  }
}
