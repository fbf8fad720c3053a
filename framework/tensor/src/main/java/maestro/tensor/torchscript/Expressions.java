package maestro.tensor.torchscript;

import static maestro.tensor.torchscript.Literals.epsilon;
import static maestro.tensor.torchscript.Literals.innerAxes;
import static maestro.tensor.torchscript.Literals.largest;
import static maestro.tensor.torchscript.Literals.list;
import static maestro.tensor.torchscript.Literals.longs;
import static maestro.tensor.torchscript.Literals.number;
import static maestro.tensor.torchscript.Literals.numbers;
import static maestro.tensor.torchscript.Literals.ones;
import static maestro.tensor.torchscript.Literals.pads;
import static maestro.tensor.torchscript.Literals.real;
import static maestro.tensor.torchscript.Literals.tail;
import static maestro.tensor.torchscript.Literals.truth;

import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.tensor.graph.Node;
import maestro.tensor.graph.Refusal;
import maestro.tensor.graph.Value;

/**
 * One operator of a graph as an expression of TorchScript, in the functions of PyTorch's
 * native_functions.yaml.
 */
final class Expressions {
  /** Functions of the arguments as they stand. */
  private static final Map<String, String> PLAIN =
      Map.ofEntries(
          Map.entry("Abs", "abs"),
          Map.entry("Acos", "acos"),
          Map.entry("Add", "add"),
          Map.entry("And", "logical_and"),
          Map.entry("Asin", "asin"),
          Map.entry("Atan", "atan"),
          Map.entry("Ceil", "ceil"),
          Map.entry("Clip", "clamp"),
          Map.entry("Cos", "cos"),
          Map.entry("Cosh", "cosh"),
          Map.entry("Div", "div"),
          Map.entry("Equal", "eq"),
          Map.entry("Erf", "erf"),
          Map.entry("Exp", "exp"),
          Map.entry("Floor", "floor"),
          Map.entry("Gelu", "gelu"),
          Map.entry("Gemm", "linear"),
          Map.entry("Greater", "gt"),
          Map.entry("GreaterOrEqual", "ge"),
          Map.entry("IsInf", "isinf"),
          Map.entry("IsNaN", "isnan"),
          Map.entry("Less", "lt"),
          Map.entry("LessOrEqual", "le"),
          Map.entry("Log", "log"),
          Map.entry("MatMul", "matmul"),
          Map.entry("Max", "maximum"),
          Map.entry("Min", "minimum"),
          Map.entry("Mod", "remainder"),
          Map.entry("Mul", "mul"),
          Map.entry("Neg", "neg"),
          Map.entry("Not", "logical_not"),
          Map.entry("Or", "logical_or"),
          Map.entry("Pow", "pow"),
          Map.entry("Relu", "relu"),
          Map.entry("Round", "round"),
          Map.entry("Selu", "selu"),
          Map.entry("Sigmoid", "sigmoid"),
          Map.entry("Sign", "sign"),
          Map.entry("Silu", "silu"),
          Map.entry("Sin", "sin"),
          Map.entry("Sinh", "sinh"),
          Map.entry("Softplus", "softplus"),
          Map.entry("Sqrt", "sqrt"),
          Map.entry("Sub", "sub"),
          Map.entry("Tan", "tan"),
          Map.entry("Tanh", "tanh"),
          Map.entry("Where", "where"),
          Map.entry("Xor", "logical_xor"));

  /** Operators whose inputs after the first are numbers known here, not tensors of the module. */
  private static final Set<String> NUMBERS_AFTER_FIRST =
      Set.of(
          "CumSum",
          "Expand",
          "Pad",
          "ReduceL1",
          "ReduceL2",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSum",
          "Reshape",
          "Resize",
          "Slice",
          "Split",
          "Tile",
          "TopK");

  private Expressions() {}

  /** Whether an input of a node is a tensor of the module; others are read here. */
  static boolean isTensor(Node node, int input) {
    return node.inputs().get(input) != null
        && (input == 0 || !NUMBERS_AFTER_FIRST.contains(node.operator()))
        && !(node.operator().equals("OneHot") && input == 1);
  }

  /**
   * The expression of one output.
   *
   * @param x the node's inputs as expressions, null for those that are no tensors
   * @param output which output, 0 for most
   * @throws Refusal when there is no such function
   */
  static String of(Node node, List<String> x, int output) {
    String plain = PLAIN.get(node.operator());
    if (plain != null) {
      return call(plain, x);
    }
    Value first = node.inputs().get(0);
    Value result = node.outputs().get(output);
    return switch (node.operator()) {
      case "ArgMax" -> call("argmax", x.get(0), number(node, "axis"));
      case "ArgMin" -> call("argmin", x.get(0), number(node, "axis"));
      case "AveragePool" ->
          call(
              "avg_pool" + (first.rank() - 2) + 'd',
              x.get(0),
              list(node, "kernel_shape"),
              list(node, "strides"),
              pads(node),
              truth(node, "ceil_mode"),
              truth(node, "count_include_pad"));
      case "BatchNormalization" ->
          call("batch_norm", x, "False", "0.1", real(node, "epsilon"), "False");
      case "Cast" -> cast(x.get(0), result.type());
      case "Concat" -> call("cat", list(x), number(node, "axis"));
      case "Conv" -> convolution(node, x);
      case "ConvTranspose" ->
          call(
              "conv_transpose" + (first.rank() - 2) + 'd',
              x.get(0),
              x.get(1),
              x.size() > 2 ? x.get(2) : "None",
              list(node, "strides"),
              pads(node),
              list(node, "output_padding"),
              number(node, "group"),
              list(node, "dilations"));
      case "CumSum" -> call("cumsum", x.get(0), "" + numbers(node, 1)[0]);
      case "Dropout" -> call("dropout", x.get(0), real(node, "ratio"), "True");
      case "Elu" -> call("elu", x.get(0), real(node, "alpha"));
      case "Expand" -> call("expand", x.get(0), list(result.shape()));
      case "Gather" -> gather(node, x);
      case "GatherElements" -> call("gather", x.get(0), number(node, "axis"), x.get(1));
      case "GlobalAveragePool" -> call("mean", x.get(0), list(innerAxes(first)), "True");
      case "GlobalMaxPool" -> call("amax", x.get(0), list(innerAxes(first)), "True");
      case "GroupNormalization" ->
          call("group_norm", x.get(0), number(node, "groups"), x.get(1), x.get(2), epsilon(node));
      case "LayerNormalization" ->
          call(
              "layer_norm",
              x.get(0),
              list(tail(first.shape(), (int) (long) node.attributes().get("axis"))),
              x.get(1),
              x.get(2),
              epsilon(node));
      case "LeakyRelu" -> call("leaky_relu", x.get(0), real(node, "alpha"));
      case "LogSoftmax" -> call("log_softmax", x.get(0), number(node, "axis"));
      case "MaxPool" ->
          call(
              "max_pool" + (first.rank() - 2) + 'd',
              x.get(0),
              list(node, "kernel_shape"),
              list(node, "strides"),
              pads(node),
              list(ones(first.rank() - 2)),
              truth(node, "ceil_mode"));
      case "MultiHeadAttention" -> attention(node, x);
      case "OneHot" -> oneHot(node, x);
      case "PRelu" -> call("prelu", x.get(0), call("reshape", x.get(1), "[-1]"));
      case "Pad" -> pad(node, x);
      case "ReduceL1" -> reduce("sum", node, call("abs", x.get(0)));
      case "ReduceL2" -> call("sqrt", reduce("sum", node, call("mul", x.get(0), x.get(0))));
      case "ReduceMax" -> reduce("amax", node, x.get(0));
      case "ReduceMean" -> reduce("mean", node, x.get(0));
      case "ReduceMin" -> reduce("amin", node, x.get(0));
      case "ReduceProd" -> product(node, x.get(0));
      case "ReduceSum" -> reduce("sum", node, x.get(0));
      case "Reshape" -> call("reshape", x.get(0), list(result.shape()));
      case "Resize" -> resize(node, x.get(0));
      case "Slice" -> slice(node, x.get(0));
      case "Softmax" -> call("softmax", x.get(0), number(node, "axis"));
      case "Softsign" -> call("div", x.get(0), call("add", call("abs", x.get(0)), "1"));
      case "Split" -> part(node, x.get(0), output);
      case "Tile" -> call("repeat", x.get(0), list(numbers(node, 1)));
      case "TopK" ->
          call("topk", x.get(0), "" + numbers(node, 1)[0], number(node, "axis"), largest(node))
              + '['
              + output
              + ']';
      case "Transpose" -> call("permute", x.get(0), list(node, "perm"));
      default -> throw new Refusal("the operator " + node.operator());
    };
  }

  static String call(String function, String... arguments) {
    return "torch." + function + '(' + String.join(", ", arguments) + ')';
  }

  private static String call(String function, List<String> arguments, String... more) {
    String all = String.join(", ", arguments);
    return "torch." + function + '(' + all + (more.length == 0 ? "" : ", ") + join(more) + ')';
  }

  private static String join(String... more) {
    return String.join(", ", more);
  }

  /** A tensor in another type. */
  static String cast(String x, DataType type) {
    return call("to", x, "" + code(type));
  }

  /** Number of a type in PyTorch's ScalarType. */
  static int code(DataType type) {
    return switch (type) {
      case UINT8 -> 0;
      case INT8 -> 1;
      case INT32 -> 3;
      case INT64 -> 4;
      case FLOAT32 -> 6;
      case FLOAT64 -> 7;
      case BOOLEAN -> 11;
      case BFLOAT16 -> 15;
      default -> throw new Refusal("arrays of " + type);
    };
  }

  /**
   * A convolution; over a line as one over a plane of height 1, which PyTorch has in the layout
   * with channels last.
   */
  private static String convolution(Node node, List<String> x) {
    int rank = node.inputs().get(0).rank();
    String shift = x.size() > 2 ? x.get(2) : "None";
    if (rank != 3) {
      return call(
          "conv" + (rank - 2) + 'd',
          x.get(0),
          x.get(1),
          shift,
          list(node, "strides"),
          pads(node),
          list(node, "dilations"),
          number(node, "group"));
    }
    return call(
        "squeeze",
        call(
            "conv2d",
            call("unsqueeze", x.get(0), "2"),
            x.get(1),
            shift,
            "[1, " + longs(node, "strides")[0] + ']',
            "[0, " + longs(node, "pads")[0] + ']',
            "[1, " + longs(node, "dilations")[0] + ']',
            number(node, "group")),
        "2");
  }

  private static String gather(Node node, List<String> x) {
    return call(
        "reshape",
        call("index_select", x.get(0), number(node, "axis"), call("reshape", x.get(1), "[-1]")),
        list(node.outputs().get(0).shape()));
  }

  private static String oneHot(Node node, List<String> x) {
    String hot = call("one_hot", x.get(0), "" + numbers(node, 1)[0]);
    return call(
        "reshape",
        call("index_select", x.get(2), "0", call("reshape", hot, "[-1]")),
        list(node.outputs().get(0).shape()));
  }

  private static String attention(Node node, List<String> x) {
    long heads = (long) node.attributes().get("num_heads");
    String[] apart = new String[3];
    for (int i = 0; i < 3; i++) {
      Value value = node.inputs().get(i);
      long[] shape = {value.axis(0), value.axis(1), heads, value.axis(2) / heads};
      apart[i] = call("transpose", call("reshape", x.get(i), list(shape)), "1", "2");
    }
    String attended = call("scaled_dot_product_attention", apart);
    return call(
        "reshape", call("transpose", attended, "1", "2"), list(node.outputs().get(0).shape()));
  }

  private static String pad(Node node, List<String> x) {
    long[] pads = numbers(node, 1);
    int rank = pads.length / 2;
    long[] pairs = new long[pads.length];
    for (int i = 0; i < rank; i++) {
      pairs[2 * i] = pads[rank - 1 - i];
      pairs[2 * i + 1] = pads[2 * rank - 1 - i];
    }
    Number fill = node.inputs().get(2).constant().fill();
    return call("constant_pad_nd", x.get(0), list(pairs), real(fill.doubleValue()));
  }

  private static String reduce(String function, Node node, String x) {
    return call(function, x, list(numbers(node, 1)), truth(node, "keepdims"));
  }

  private static String product(Node node, String x) {
    String result = x;
    long[] axes = numbers(node, 1);
    Arrays.sort(axes);
    for (int i = axes.length - 1; i >= 0; i--) {
      result = call("prod", result, "" + axes[i], truth(node, "keepdims"));
    }
    return result;
  }

  private static String resize(Node node, String x) {
    int planes = node.inputs().get(0).rank() - 2;
    long[] shape = node.outputs().get(0).shape();
    String size = list(Arrays.copyOfRange(shape, 2, shape.length));
    if (node.attributes().get("mode").equals("nearest")) {
      return call("upsample_nearest" + planes + 'd', x, size);
    }
    String[] linear = {"linear1d", "bilinear2d", "trilinear3d"};
    return call("upsample_" + linear[planes - 1], x, size, "False");
  }

  private static String slice(Node node, String x) {
    long[] start = numbers(node, 1);
    long[] end = numbers(node, 2);
    long[] axes = numbers(node, 3);
    long[] step = numbers(node, 4);
    if (Arrays.stream(step).allMatch(s -> s < 0)) {
      return call("flip", x, list(axes));
    }
    String result = x;
    Value whole = node.inputs().get(0);
    for (int i = 0; i < axes.length; i++) {
      if (start[i] != 0 || step[i] != 1 || end[i] != whole.axis((int) axes[i])) {
        result = call("slice", result, "" + axes[i], "" + start[i], "" + end[i], "" + step[i]);
      }
    }
    return result;
  }

  private static String part(Node node, String x, int output) {
    long[] lengths = numbers(node, 1);
    long from = Arrays.stream(lengths, 0, output).sum();
    return call("narrow", x, number(node, "axis"), "" + from, "" + lengths[output]);
  }
}
