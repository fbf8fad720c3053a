package maestro.tensor.torchscript;

import ai.djl.ndarray.types.DataType;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import maestro.tensor.graph.Node;
import maestro.tensor.graph.Value;

/**
 * Which values of a graph are kept in bfloat16 (8 bits of mantissa, the range of single precision).
 *
 * <p>Products (convolutions, linear layers, attention) are computed in it, and what stands between
 * two of them stays in it; PyTorch sums in single precision inside, also in its norms. The first
 * product after an input (a mel-spectrogram in decibels needs its digits: a step of bfloat16 is
 * half a decibel there), the last one before an output and everything after it, linear layers of a
 * few rows (an embedding of time) and functions that need the digits (exponentials, sines, sums,
 * quotients) stay in single precision.
 */
final class Precision {
  /** Fewest rows of a linear layer for which it pays. */
  private static final int ROWS = 16;

  private static final String ATTENTION = "MultiHeadAttention";

  private static final Set<String> PRODUCTS =
      Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", ATTENTION);

  /** Functions in which the precision of what goes in is that of what comes out. */
  private static final Set<String> BETWEEN =
      Set.of(
          "Add",
          "AveragePool",
          "Clip",
          "Concat",
          "Dropout",
          "Expand",
          "Gelu",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "GroupNormalization",
          "LayerNormalization",
          "LeakyRelu",
          "Max",
          "MaxPool",
          "Min",
          "Mul",
          "Neg",
          "PRelu",
          "Pad",
          "Relu",
          "Reshape",
          "Resize",
          "Sigmoid",
          "Silu",
          "Slice",
          "Split",
          "Sub",
          "Tanh",
          "Tile",
          "Transpose",
          "Where");

  private final Set<Node> half = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Decides for every node.
   *
   * @param nodes in an order in which they can run
   * @param training whether gradients go back; PyTorch's gradient of attention takes several times
   *     as long in bfloat16
   */
  Precision(List<Node> nodes, boolean training) {
    Set<Node> ends = lastProducts(nodes);
    ends.addAll(firstProducts(nodes));
    for (Node node : nodes) {
      boolean follows =
          BETWEEN.contains(node.operator())
              && node.inputs().stream().filter(Objects::nonNull).anyMatch(this::isHalf);
      boolean slow = training && node.operator().equals(ATTENTION);
      boolean pays = isProduct(node) && !ends.contains(node) && !isSmall(node) && !slow;
      if (single(node) && (follows || pays)) {
        half.add(node);
      }
    }
  }

  /** Everything in single precision. */
  static Precision single() {
    return new Precision(List.of(), false);
  }

  /** Whether a node's numbers are bfloat16, what goes in and what comes out. */
  boolean isHalf(Node node) {
    return half.contains(node);
  }

  /** Whether a value is kept in bfloat16. */
  boolean isHalf(Value value) {
    return value.producer() != null && half.contains(value.producer());
  }

  /** Whether a node takes an input in bfloat16. Norms take their scale and shift as they are. */
  boolean takesHalf(Node node, int input) {
    boolean norm = node.operator().endsWith("Normalization");
    return isHalf(node)
        && node.inputs().get(input).type() == DataType.FLOAT32
        && !(norm && input > 0);
  }

  /** Products of something that no other product is part of. */
  private static Set<Node> firstProducts(List<Node> nodes) {
    Set<Value> after = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Node> first = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Node node : nodes) {
      boolean follows = node.inputs().stream().filter(Objects::nonNull).anyMatch(after::contains);
      if (follows || isProduct(node)) {
        after.addAll(node.outputs());
      }
      if (isProduct(node) && !follows) {
        first.add(node);
      }
    }
    return first;
  }

  /** Products that no other product follows. */
  private static Set<Node> lastProducts(List<Node> nodes) {
    Set<Value> followed = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Node> last = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      boolean product = isProduct(node);
      if (product || node.outputs().stream().anyMatch(followed::contains)) {
        node.inputs().stream().filter(Objects::nonNull).forEach(followed::add);
      }
      if (product && node.outputs().stream().noneMatch(followed::contains)) {
        last.add(node);
      }
    }
    return last;
  }

  private static boolean isProduct(Node node) {
    return PRODUCTS.contains(node.operator());
  }

  private static boolean isSmall(Node node) {
    return node.operator().equals("Gemm") && node.inputs().get(0).axis(0) < ROWS;
  }

  private static boolean single(Node node) {
    return node.outputs().get(0).type() == DataType.FLOAT32;
  }
}
