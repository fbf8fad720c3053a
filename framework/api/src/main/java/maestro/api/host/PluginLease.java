package maestro.api.host;

import java.util.List;
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

  /**
   * Digest of all that decides what the plugin computes but its weights and its input: its code and
   * the code it is wired to, its settings, and the same of the plugins it {@linkplain #uses uses}.
   *
   * @return SHA-256, lower-case hexadecimal
   */
  String identity();

  /** The plugins it declared to need, and those that they need, as they are now. */
  List<PluginDescription> uses();

  /** Gives the plugin back. A second call does nothing. */
  @Override
  void close();
}
