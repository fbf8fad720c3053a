package maestro.api.host;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** A plugin in the hands of one job. */
@ProviderType
public interface PluginLease<T> extends AutoCloseable {
  /** The plugin; to be used until the lease is closed and no longer. */
  T service();

  /** What was leased. */
  PluginDescription plugin();

  /** All settings in force, defaults included. */
  Map<String, Object> settings();

  /** Gives the plugin back. A second call does nothing. */
  @Override
  void close();
}
