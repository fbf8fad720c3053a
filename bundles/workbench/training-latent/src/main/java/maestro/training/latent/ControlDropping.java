package maestro.training.latent;

import java.util.ArrayList;
import java.util.List;

/**
 * Which local controls an example keeps, after Uni-ControlNet: all with probability 0.1, none with
 * 0.1, else each by itself with 0.5. The paper does not give its scheme.
 */
final class ControlDropping {
  private static final double ALL = 0.1;
  private static final double NONE = 0.1;

  private ControlDropping() {}

  /**
   * Draws one example's.
   *
   * @param uniform numbers in [0, 1), one and then one for each control
   */
  static List<Boolean> kept(double[] uniform, int controls) {
    List<Boolean> kept = new ArrayList<>();
    for (int c = 0; c < controls; c++) {
      kept.add(uniform[0] < ALL || uniform[0] >= ALL + NONE && uniform[1 + c] < 0.5);
    }
    return kept;
  }

  /**
   * A span of time.
   *
   * @param from its first frame
   * @param to the frame after its last
   */
  record Span(int from, int to) {}

  /**
   * Draws the span of one control that is dropped.
   *
   * @param uniform three numbers in [0, 1): whether, where it begins, and how much of the rest it
   *     takes
   * @param share of controls of which a span is dropped
   * @return empty, from 0 to 0, when none is
   */
  static Span span(double[] uniform, double share, int frames) {
    if (uniform[0] >= share) {
      return new Span(0, 0);
    }
    int from = (int) (uniform[1] * frames);
    return new Span(from, from + (int) Math.ceil(uniform[2] * (frames - from)));
  }
}
