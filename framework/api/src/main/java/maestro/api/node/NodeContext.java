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

  /** Which value is asked for: the cue or window, counted from 0; 0 for the whole film or run. */
  int index();

  /**
   * The part of the film's time that the value is about: the cue, the window's part, or the whole
   * score. The last window of a score that lasts to the film's end has no end.
   */
  Timing.Span span();
}
