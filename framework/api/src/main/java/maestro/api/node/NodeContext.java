package maestro.api.node;

import maestro.api.run.RunContext;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What a node is given for one run: the surface of a plugin, and where in the score it is. Its pack
 * holds the parts the plugin declares and no other.
 */
@ProviderType
public interface NodeContext extends RunContext {
  /** How the score is laid out. */
  Timing timing();

  /** Which value is asked for: the window, counted from 0; 0 for the whole film or run. */
  int index();
}
