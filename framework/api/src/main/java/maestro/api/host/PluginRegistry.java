package maestro.api.host;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The plugins that are switched on. What it lists is what the next job would get; a running job
 * keeps what it leased. Thread-safe.
 */
@ProviderType
public interface PluginRegistry {
  /** All plugins that are on, sorted by name. */
  List<PluginDescription> plugins();

  /**
   * The plugin of that name and kind.
   *
   * @param kind the service interface, for instance {@code VisualEncoder.class}
   * @throws maestro.api.MaestroException of kind CONFIGURATION that says why there is none: not
   *     installed, switched off, or waiting for something
   */
  PluginDescription describe(Class<?> kind, String name);

  /**
   * Takes a plugin for a job, with settings of the job's own. Its bundle is not stopped, updated or
   * uninstalled before the lease is closed; such a request waits.
   *
   * @param kind the service interface
   * @param name for instance {@code encoder.clip}
   * @param settings those that differ from the defaults, by name; strings, booleans, whole numbers
   *     and numbers
   * @throws maestro.api.MaestroException of kind CONFIGURATION when there is no such plugin, or a
   *     setting is unknown, missing, of the wrong type or out of range
   */
  <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings);

  /** Whether a plugin is there and its bundle was switched off. */
  default boolean isOff(String name) {
    return false;
  }

  /**
   * Digest of the code behind a class: the file of its bundle and all files that is wired to.
   *
   * @return SHA-256, lower-case hexadecimal
   */
  String code(Class<?> type);

  /** Checks settings as {@link #lease} would, without taking the plugin. */
  void check(Class<?> kind, String name, Map<String, Object> settings);
}
