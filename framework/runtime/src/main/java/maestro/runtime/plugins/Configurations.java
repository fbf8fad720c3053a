package maestro.runtime.plugins;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.runtime.bundles.Launcher;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings as Config Admin sees them. Every plugin runs from factory configurations only: {@code
 * name~default.BUNDLE}, made just before its bundle starts, and one for each set of settings a job
 * asks for. A singleton configuration would have to give way to the first factory one, and the
 * instance that jobs already use would go with it.
 *
 * <p>Each configuration is bound to the one bundle it is for. While a plugin is swapped two bundles
 * have its name, and a configuration for both would reach the one that is just being stopped:
 * Declarative Services may then keep a component of it, and with it its class loader, for good (a
 * component made between its holder's disposal and its own enabling is never disposed).
 */
@Component(service = Configurations.class, immediate = true)
public final class Configurations implements SynchronousBundleListener {
  /** Property of a plugin's service: which instance it is. */
  static final String INSTANCE = "maestro.instance";

  /**
   * Property of a plugin's service: digest of the settings it was made with, or {@link #DEFAULT}.
   */
  static final String SETTINGS = "maestro.settings";

  /** The instance with the distribution's settings. */
  static final String DEFAULT = "default";

  private static final Logger LOG = LoggerFactory.getLogger(Configurations.class);
  private static final String ANY_LOCATION = "?";

  private final ConfigurationAdmin admin;
  private final BundleContext context;
  private final Map<String, Map<String, Object>> features;
  private final Map<Key, Instance> instances = new HashMap<>();
  private final Map<Bundle, Map<String, Configuration>> defaults = new HashMap<>();
  private long generation;

  private record Key(Bundle bundle, String plugin, String digest) {}

  /** An instance that jobs use, with how many do. */
  static final class Instance {
    private final Key key;
    private final String id;
    private final Configuration configuration;
    private int users = 1;

    private Instance(Key key, String id, Configuration configuration) {
      this.key = key;
      this.id = id;
      this.configuration = configuration;
    }

    /** Its service's property {@link #INSTANCE}. */
    String id() {
      return id;
    }
  }

  /** Applies what the distribution's features set. */
  @Activate
  @SuppressWarnings("unchecked") // what the launcher offers shares only JDK types with the bundles
  public Configurations(BundleContext context, @Reference ConfigurationAdmin admin) {
    this.context = context;
    this.admin = admin;
    this.features = Launcher.offered(context, Map.class, "configurations").orElse(Map.of());
    context.addBundleListener(this);
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getState() == Bundle.ACTIVE || bundle.getState() == Bundle.STARTING) {
        configure(bundle);
      }
    }
  }

  @Deactivate
  void stop() {
    context.removeBundleListener(this);
  }

  @Override
  public void bundleChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.STARTING) {
      configure(event.getBundle());
    } else if (event.getType() == BundleEvent.UNINSTALLED) {
      deleteDefaults(event.getBundle());
    }
  }

  private void configure(Bundle bundle) {
    ComponentIds ids = ComponentIds.of(bundle);
    ids.plugins().forEach(name -> makeDefault(bundle, name));
    ids.others().stream()
        .filter(features::containsKey)
        .forEach(pid -> apply(pid, features.get(pid)));
  }

  /** What the distribution sets for a plugin, under what a job asks for. */
  Map<String, Object> withFeatures(String plugin, Map<String, Object> asked) {
    Map<String, Object> all = new HashMap<>(features.getOrDefault(plugin, Map.of()));
    all.putAll(asked);
    return all;
  }

  /** Makes an instance with these settings, or joins the jobs that already have it. */
  synchronized Instance acquire(
      Bundle bundle, String plugin, String digest, Map<String, Object> settings) {
    Key key = new Key(bundle, plugin, digest);
    Instance there = instances.get(key);
    if (there != null) {
      there.users++;
      return there;
    }
    String id = digest + "." + ++generation; // never the id of an instance that is on its way out
    Instance made = new Instance(key, id, write(bundle, plugin, id, id, digest, settings));
    instances.put(key, made);
    return made;
  }

  /** Leaves an instance; the last one out removes it. */
  synchronized void release(Instance instance) {
    if (--instance.users == 0) {
      instances.remove(instance.key, instance);
      delete(instance.key.plugin, instance.configuration);
    }
  }

  /** Leaves an instance that did not appear; who asks next gets a new one. */
  synchronized void abandon(Instance instance) {
    instances.remove(instance.key, instance);
    release(instance);
  }

  private void makeDefault(Bundle bundle, String plugin) {
    Map<String, Object> settings = withFeatures(plugin, Map.of());
    try {
      settings = Settings.of(bundle, plugin).check(settings);
    } catch (MaestroException e) {
      LOG.debug(
          "{} has no default instance: {}",
          plugin,
          e.getMessage()); // a setting without a default is the job's to give
    }
    String name = DEFAULT + "." + bundle.getBundleId();
    Configuration made = write(bundle, plugin, name, DEFAULT, DEFAULT, settings);
    synchronized (this) {
      defaults.computeIfAbsent(bundle, first -> new HashMap<>()).put(plugin, made);
    }
  }

  private synchronized void deleteDefaults(Bundle bundle) {
    Map<String, Configuration> made = defaults.remove(bundle);
    if (made != null) {
      made.forEach(Configurations::delete);
    }
  }

  private static void delete(String plugin, Configuration configuration) {
    try {
      configuration.delete();
    } catch (IOException e) {
      LOG.warn("{}: settings that nobody uses cannot be removed: {}", plugin, e.toString());
    }
  }

  private Configuration write(
      Bundle bundle,
      String plugin,
      String name,
      String id,
      String digest,
      Map<String, Object> settings) {
    try {
      Configuration configuration =
          admin.getFactoryConfiguration(plugin, name, bundle.getLocation());
      Dictionary<String, Object> properties = new Hashtable<>(settings);
      properties.put(INSTANCE, id);
      properties.put(SETTINGS, digest);
      configuration.updateIfDifferent(properties);
      return configuration;
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          plugin,
          "its settings cannot be stored: " + e.getMessage(),
          "make room in Maestro's home folder",
          e);
    }
  }

  private void apply(String pid, Map<String, Object> settings) {
    Hashtable<String, Object> properties = new Hashtable<>();
    settings.forEach(
        (name, value) -> properties.put(name, value instanceof List<?> list ? texts(list) : value));
    try {
      admin.getConfiguration(pid, ANY_LOCATION).updateIfDifferent(properties);
    } catch (IOException e) {
      LOG.warn("{}: its configuration cannot be stored: {}", pid, e.toString());
    }
  }

  private static String[] texts(List<?> list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(String.valueOf(item)));
    return texts.toArray(String[]::new);
  }
}
