package maestro.api.node;

import maestro.api.film.FilmClip;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A node that looks at the film. All of them share one pass of decoding; one whose results are
 * known does not look. Its outputs have extent WINDOW, each about the part of the film its window
 * is about.
 */
@ConsumerType
public interface FilmNode extends Node {
  /** Rate and size of the frames it wants. */
  FrameRequest frames();

  /**
   * Looks at one part of the film.
   *
   * @param in a value for each wired input
   * @param clip that part, for its numbers
   * @param frames its pictures, at least one; the first is at time 0
   * @return a value for each output
   */
  Values look(Values in, FilmClip clip, FrameSource frames, NodeContext run);

  /** Not called: the runner calls {@link #look}. */
  @Override
  default Values run(Values in, NodeContext run) {
    throw new IllegalStateException("a node that looks at the film was run without it");
  }
}
