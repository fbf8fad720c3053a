package maestro.api.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maestro.api.film.FilmFeature;
import maestro.api.film.TimeLine;
import maestro.api.node.Timing.Span;

/** Puts the time lines of windows together to one over the whole score. */
final class TimeLines {
  private TimeLines() {}

  /** Empty when a window has none. */
  static Optional<TimeLine> join(List<FilmFeature> windows, Timing timing) {
    List<TimeLine> pieces = new ArrayList<>();
    windows.forEach(
        window -> window.timeLine().filter(line -> line.rows() > 0).ifPresent(pieces::add));
    return pieces.size() == windows.size() ? Optional.of(joined(pieces, timing)) : Optional.empty();
  }

  private static TimeLine joined(List<TimeLine> pieces, Timing timing) {
    TimeLine first = pieces.get(0);
    int width = first.channels().size();
    double scoreSeconds = timing.scoreFrames() / timing.framesPerSecond();
    int rows = (int) Math.max(1, Math.ceil(scoreSeconds / first.stepSeconds() - 1e-9));
    float[] values = new float[rows * width];
    int window = 0;
    for (int r = 0; r < rows; r++) {
      double time = timing.startSeconds() + r * first.stepSeconds();
      while (window < pieces.size() - 1 && time >= timing.span(window).endSeconds()) {
        window++;
      }
      Span span = timing.span(window);
      TimeLine piece = pieces.get(window);
      int row = (int) Math.max(0, Math.round((time - span.beginSeconds()) / piece.stepSeconds()));
      System.arraycopy(
          piece.values(), Math.min(row, piece.rows() - 1) * width, values, r * width, width);
    }
    return new TimeLine(first.stepSeconds(), first.channels(), values);
  }
}
