package maestro.graph.run;

import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.film.FrameSource;
import maestro.api.node.Timing.Span;

/** Cuts one stream of frames into spans; the times in each begin at 0. */
final class SpanFrames {
  private final FilmClip clip;
  private final FrameSource source;
  private Frame ahead;
  private Frame last;
  private boolean over;

  SpanFrames(FilmClip clip, FrameSource source) {
    this.clip = clip;
    this.source = source;
  }

  /** The frames of a span; spans are asked for in order. */
  FrameSource of(Span span) {
    return new FrameSource() {
      private boolean any;

      @Override
      public Frame next() {
        Frame frame = take(span);
        if (frame == null && !any) {
          frame = nearest(); // a span shorter than the distance of two frames still has a picture
        }
        any = true;
        return frame == null
            ? null
            : new Frame(
                Math.max(0, frame.timeSeconds() - span.beginSeconds()),
                frame.width(),
                frame.height(),
                frame.rgb());
      }
    };
  }

  /** Passes over what is left of a span. */
  void skip(Span span) {
    while (take(span) != null) {
      // frames the node did not want
    }
  }

  private Frame take(Span span) {
    while (!over && (ahead == null || ahead.timeSeconds() < span.beginSeconds())) {
      last = ahead != null ? ahead : last;
      ahead = source.next();
      over = ahead == null;
    }
    if (ahead == null || ahead.timeSeconds() >= span.endSeconds()) {
      return null;
    }
    last = ahead;
    ahead = null;
    return last;
  }

  private Frame nearest() {
    Frame frame = last != null ? last : ahead;
    if (frame == null) {
      throw new MaestroException(
          Kind.INPUT,
          String.valueOf(clip.file().getFileName()),
          "no picture in it can be decoded",
          "give another film");
    }
    return frame;
  }
}
