package maestro.training.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import maestro.tensor.nn.Functions;

/**
 * SimCLR's loss (Chen et al. 2020, equation 1): −ln softmax over all other views of the cosine
 * divided by the temperature, at the view of the same piece, mean over views.
 */
final class ContrastiveLoss {
  private static final double SELF = -1e9;

  private ContrastiveLoss() {}

  /**
   * Computes the loss.
   *
   * @param first one view of each piece, {@code [N, width]}
   * @param second the other views, in the same order
   * @return a scalar
   */
  static NDArray of(NDArray first, NDArray second, double temperature) {
    int n = Math.toIntExact(first.getShape().get(0));
    NDArray logits = Functions.times(cosines(first, second), (float) (1 / temperature));
    return Functions.times(logits.logSoftmax(1).mul(partners(first, n)).sum(), -0.5f / n);
  }

  /** Share of views that are nearest to the other view of their piece. */
  static double accuracy(NDArray first, NDArray second) {
    int n = Math.toIntExact(first.getShape().get(0));
    long[] nearest = cosines(first, second).argMax(1).toLongArray();
    int hits = 0;
    for (int i = 0; i < nearest.length; i++) {
      hits += nearest[i] == (i + n) % (2 * n) ? 1 : 0;
    }
    return hits / (2.0 * n);
  }

  /** Cosines of all views, {@code [2N, 2N]}; a view with itself counts as far away. */
  private static NDArray cosines(NDArray first, NDArray second) {
    NDArray all = first.concat(second, 0);
    NDArray length = all.square().sum(new int[] {1}, true).add(1e-12).sqrt();
    NDArray unit = all.div(length);
    NDManager manager = all.getManager();
    NDArray self =
        manager
            .eye(Math.toIntExact(all.getShape().get(0)))
            .toType(all.getDataType(), false)
            .mul(SELF);
    return unit.matMul(unit.transpose()).add(self);
  }

  /** 1 where two views are of one piece. */
  private static NDArray partners(NDArray like, int n) {
    NDManager manager = like.getManager();
    NDArray eye = manager.eye(n).toType(like.getDataType(), false);
    NDArray none = manager.zeros(eye.getShape(), like.getDataType());
    return none.concat(eye, 1).concat(eye.concat(none, 1), 0);
  }
}
