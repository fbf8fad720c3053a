package maestro.api.node;

import java.util.List;
import maestro.api.node.Timing.Span;

/**
 * The cues of a film: the pieces of its time that have music of their own. Between them there may
 * be none.
 *
 * @param spans at least one, in seconds of the film, in order, none of them into the next
 */
public record Cues(List<Span> spans) {
  /** Checks that they are in order, and keeps a copy. */
  public Cues {
    spans = List.copyOf(spans);
    if (spans.isEmpty()) {
      throw new IllegalArgumentException("cues: there is none");
    }
    double before = 0;
    for (Span cue : spans) {
      if (!(cue.beginSeconds() >= before && cue.endSeconds() > cue.beginSeconds())) {
        throw new IllegalArgumentException(
            "cues: one from "
                + cue.beginSeconds()
                + " to "
                + cue.endSeconds()
                + " s is empty, or begins before the one before it has ended");
      }
      before = cue.endSeconds();
    }
  }

  /**
   * What of them lies in a part of the film.
   *
   * @return in order, possibly none
   */
  public List<Span> within(Span part) {
    return spans.stream()
        .map(
            cue ->
                new Span(
                    Math.max(cue.beginSeconds(), part.beginSeconds()),
                    Math.min(cue.endSeconds(), part.endSeconds())))
        .filter(cue -> cue.endSeconds() > cue.beginSeconds())
        .toList();
  }
}
