package maestro.training.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import maestro.tensor.nn.Functions;

/**
 * Loss of an episode (Snell et al. 2017, equations 2 and 3): −ln softmax over the labels of −‖query
 * − prototype‖² at the query's own label, mean over queries.
 */
final class PrototypicalLoss {
  private PrototypicalLoss() {}

  /**
   * Computes the loss.
   *
   * @param support the prototypes, {@code [ways, width]}
   * @param queries {@code [ways·queries, width]}, label after label
   * @return a scalar
   */
  static NDArray of(NDArray support, NDArray queries) {
    long ways = support.getShape().get(0);
    long each = queries.getShape().get(0) / ways;
    NDArray right =
        support.getManager().eye((int) ways).toType(support.getDataType(), false).repeat(0, each);
    return Functions.times(
        closeness(support, queries).logSoftmax(1).mul(right).sum(), -1f / (ways * each));
  }

  /** Share of queries that are nearest to their own label's support. */
  static double accuracy(NDArray support, NDArray queries) {
    long ways = support.getShape().get(0);
    long each = queries.getShape().get(0) / ways;
    long[] nearest =
        closeness(support, queries).argMax(1).toType(DataType.INT64, false).toLongArray();
    int hits = 0;
    for (int i = 0; i < nearest.length; i++) {
      hits += nearest[i] == i / each ? 1 : 0;
    }
    return (double) hits / nearest.length;
  }

  /** −‖q − s‖² as −‖q‖² − ‖s‖² + 2·q·s, {@code [queries, ways]}. */
  private static NDArray closeness(NDArray support, NDArray queries) {
    NDArray q = queries.square().sum(new int[] {1}, true);
    NDArray s = support.square().sum(new int[] {1}, true).transpose();
    return Functions.times(queries.matMul(support.transpose()), 2).sub(q).sub(s);
  }
}
