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
}
