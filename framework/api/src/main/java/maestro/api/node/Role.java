package maestro.api.node;

import java.util.Map;
import maestro.api.host.PluginDescription;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * How plugins of one kind are nodes. A service; a bundle that brings a kind of plugin of its own
 * brings its role too.
 *
 * @param <S> the service interface of the plugins
 */
@ConsumerType
public interface Role<S> {
  /** The service interface. */
  Class<S> service();

  /**
   * The nodes of one plugin; most have one.
   *
   * @param plugin what is known of it
   * @param service the plugin, for as long as the job lasts
   * @param given what the job brings along
   * @return by what is added to the plugin's name to make the node's id, mostly nothing
   * @throws maestro.api.MaestroException of kind USAGE when the plugin has no part in such a job;
   *     the score is then made without it and says so
   */
  Map<String, Node> nodes(PluginDescription plugin, S service, Given given);

  /**
   * What a job brings along.
   *
   * @param style whether there is a style piece
   * @param curves names of controls that are given as a file
   * @param known false when a recipe is checked for no job in particular
   */
  record Given(boolean style, java.util.Set<String> curves, boolean known) {}
}
