package maestro.graph.plan;

import java.util.List;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.node.Cues;
import maestro.api.node.Extent;
import maestro.api.node.Timing;
import maestro.api.node.Timing.Span;

/**
 * How often the nodes of a job run, and what part of the film each value is about: the windows,
 * which are known from the start, and the cues, which a node may give. Thread-safe.
 */
public final class Layout {
  private final Timing timing;
  private volatile List<Span> cues;

  /**
   * A layout.
   *
   * @param cues whether a node will say what the cues are; if not, the whole score is one
   */
  public Layout(Timing timing, boolean cues) {
    this.timing = timing;
    this.cues = cues ? List.of() : List.of(timing.span());
  }

  /** How the score is laid out in windows. */
  public Timing timing() {
    return timing;
  }

  /** Whether the cues are known. */
  public boolean complete() {
    return !cues.isEmpty();
  }

  /**
   * Says what the cues are.
   *
   * @param from id of the node that says so
   * @throws MaestroException of kind INPUT when none lies in the score
   */
  public void complete(String from, Cues all) {
    List<Span> within = all.within(timing.span());
    if (within.isEmpty()) {
      throw new MaestroException(
          Kind.INPUT,
          from,
          "none of its "
              + all.spans().size()
              + " cues lies between "
              + timing.span().beginSeconds()
              + " and "
              + timing.span().endSeconds()
              + " s, which the score is about",
          "change startSeconds and durationSeconds, or the settings of " + from);
    }
    cues = within;
  }

  /** The cues that lie in the score, cut to it. */
  public Cues cues() {
    return new Cues(cues);
  }

  /** How many values of an extent there are; of cues none while they are not known. */
  public int count(Extent extent) {
    return switch (extent) {
      case RUN, FILM -> 1;
      case CUE -> cues.size();
      case WINDOW -> timing.windows();
    };
  }

  /** The part of the film that a value is about. */
  public Span span(Extent extent, int index) {
    return switch (extent) {
      case RUN, FILM -> timing.span();
      case CUE -> cues.get(index);
      case WINDOW -> timing.span(index);
    };
  }
}
