package maestro.encoder.tavar;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import java.util.List;
import maestro.tensor.nn.Initial;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * TAVAR's reasoning over two graphs: the seven features of attributes and theme [B, 7, 256] and the
 * general aesthetic feature [B, 256] to one number [B, 1], which the published model cuts at zero.
 *
 * <p>Nodes 0 … 5 are the attributes, node 6 is the centre: the theme in the first graph
 * convolution, the aesthetic feature in the second and third. A graph convolution is A·(H·W) + b,
 * with W stored as [in, out]. Source: yipoh/TAVAR, Demo.py and cora.cites.
 */
final class BilevelReasoning extends NamedBlock {
  /** Output: the score before it is cut at zero, [B, 1]. */
  static final List<String> OUTPUTS = List.of("score");

  static final int NODES = 7;

  /** Which nodes each node listens to; each row counts as its mean. */
  private static final int[][] NEIGHBOURS = {
    {3, 4, 6}, {2, 5, 6}, {1, 3, 6}, {0, 2, 6}, {0, 5, 6}, {1, 4, 6}, {0, 1, 2, 3, 4, 5}
  };

  private static final int[] WIDTHS = {256, 256, 2048, 4096};
  private static final String[] NAMES = {"gc1", "gc2", "gc2_2"};

  private final Parameter[] weights = new Parameter[NAMES.length];
  private final Parameter[] biases = new Parameter[NAMES.length];
  private final Linear last = child("GCNNet.fc1", new Linear(NODES * WIDTHS[WIDTHS.length - 1], 1));

  BilevelReasoning() {
    for (int i = 0; i < NAMES.length; i++) {
      String name = "GCNNet." + NAMES[i] + ".";
      weights[i] = parameter(name + "weight", Initial.fanIn(WIDTHS[i]), WIDTHS[i], WIDTHS[i + 1]);
      biases[i] = parameter(name + "bias", Initializer.ZEROS, WIDTHS[i + 1]);
    }
  }

  /** A, row after row; every row sums to 1. */
  static float[] adjacency() {
    float[] matrix = new float[NODES * NODES];
    for (int row = 0; row < NODES; row++) {
      for (int column : NEIGHBOURS[row]) {
        matrix[row * NODES + column] = 1f / NEIGHBOURS[row].length;
      }
    }
    return matrix;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray nodes = inputs.get(0);
    NDArray aesthetics = inputs.get(1);
    NDArray graph = nodes.getManager().create(adjacency(), new Shape(NODES, NODES));
    NDArray x = convolve(store, 0, graph, nodes, training);
    x = x.get(":, 0:6").concat(aesthetics.reshape(-1, 1, WIDTHS[1]), 1);
    x = convolve(store, 1, graph, x, training);
    x = convolve(store, 2, graph, x, training);
    return new NDList(
        last.apply(store, x.reshape(-1, (long) NODES * WIDTHS[WIDTHS.length - 1]), training));
  }

  private NDArray convolve(
      ParameterStore store, int i, NDArray graph, NDArray x, boolean training) {
    NDArray support = x.matMul(value(store, weights[i], x, training));
    return Activation.relu(graph.matMul(support).add(value(store, biases[i], x, training)));
  }
}
