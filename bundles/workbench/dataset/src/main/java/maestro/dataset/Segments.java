package maestro.dataset;

import java.util.ArrayList;
import java.util.List;

/** How long pieces of film become clips of ten seconds. */
public final class Segments {
  /** Length of a clip in seconds. */
  public static final double SECONDS = 10;

  /** Guards against a length such as 29.999999999999996 that arithmetic made of 30. */
  private static final double ROUND_OFF = 1e-6;

  private Segments() {}

  /**
   * Consecutive pieces of ten seconds (paper, appendix B.1). Segments shorter than ten seconds give
   * none. The paper does not say what happens to the rest; it is dropped.
   *
   * @param startSeconds start of the segment
   * @param endSeconds its end
   * @return start of each piece
   */
  public static List<Double> consecutive(double startSeconds, double endSeconds) {
    List<Double> starts = new ArrayList<>();
    long pieces = (long) Math.floor((endSeconds - startSeconds + ROUND_OFF) / SECONDS);
    for (long k = 0; k < pieces; k++) {
      starts.add(startSeconds + k * SECONDS);
    }
    return starts;
  }

  /**
   * Two pieces from the middle (paper, appendix B.2, read as [D/2 − 10, D/2] and [D/2, D/2 + 10]).
   * A video shorter than 20 s gives one centred piece, one shorter than 10 s none; the paper is
   * silent on both.
   *
   * @param durationSeconds D
   * @return start of each piece
   */
  public static List<Double> fromTheMiddle(double durationSeconds) {
    if (durationSeconds + ROUND_OFF >= 2 * SECONDS) {
      return List.of(Math.max(0, durationSeconds / 2 - SECONDS), durationSeconds / 2);
    }
    if (durationSeconds + ROUND_OFF >= SECONDS) {
      return List.of(Math.max(0, (durationSeconds - SECONDS) / 2));
    }
    return List.of();
  }
}
