package maestro.tensor.torchscript;

import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maestro.checkpoint.Weight;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Node;
import maestro.tensor.graph.Value;

/**
 * A graph as one function of TorchScript. Its parameters are the inputs of the graph, then its
 * weights and constants as {@link #tensors} lists them; arrays pass in and out in single precision.
 *
 * <p>Convolutions take and give planes with channels last in memory, in either precision: oneDNN
 * has its fastest code for that, and needs no padded copies of the weights, which it lays out
 * wrongly on machines that do not say how large their caches are.
 */
final class Script {
  /**
   * A weight or constant of the graph as the function takes it.
   *
   * @param weight the weight, or null for a constant
   * @param constant the constant, or null for a weight
   * @param form what the function makes of it before use
   */
  record Tensor(Weight weight, Value constant, Form form) {}

  /** How a weight stands in the function. */
  enum Form {
    /** As it is stored. */
    SINGLE("%s"),
    /** In bfloat16. */
    HALF("torch.to(%s, 15)"),
    /** Four axes in bfloat16, channels last in memory. */
    HALF_CHANNELS_LAST("torch.to(%s, 15, False, False, 2)"),
    /** Four axes, channels last in memory. */
    CHANNELS_LAST("torch.to(%s, 6, False, False, 2)"),
    /** The kernel of a line as one of a plane of height 1, channels last in memory. */
    LINE("torch.to(torch.unsqueeze(%s, 2), 6, False, False, 2)"),
    /** The same in bfloat16. */
    HALF_LINE("torch.to(torch.unsqueeze(%s, 2), 15, False, False, 2)");

    private final String expression;

    Form(String expression) {
      this.expression = expression;
    }

    /** A module that brings one tensor into this form, in memory of its own. */
    String source() {
      return "class Function(Module):\n"
          + "  __parameters__ = []\n"
          + "  __buffers__ = []\n"
          + "  def forward(self: __torch__.Function, p: Tensor) -> Tensor:\n"
          + "    return torch.clone("
          + of("p")
          + ")\n";
    }

    /** The form of a tensor that an expression gives. */
    String of(String tensor) {
      return expression.formatted(tensor);
    }
  }

  /**
   * Fewest points of a plane for which PyTorch's group norm is the faster one with channels last.
   * Its gradient never is.
   */
  private static final long PLANE = 1024;

  private final Graph graph;
  private final boolean training;
  private final Precision precision;
  private final Map<Object, Map<Form, Integer>> places = new IdentityHashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final Map<Value, String> names = new IdentityHashMap<>();
  private final Map<String, String> casts = new HashMap<>();
  private final StringBuilder body = new StringBuilder();
  private final String results;

  /**
   * Writes a graph.
   *
   * @param half whether to compute in bfloat16 where that does no harm
   * @param training whether gradients go back through it: the weights are then given as they are,
   *     each a parameter of its own, else in their forms, as one list
   */
  Script(Graph graph, boolean half, boolean training) {
    this.graph = graph;
    this.training = training;
    List<Node> nodes = graph.liveNodes();
    precision = half ? new Precision(nodes, training) : Precision.single();
    for (int i = 0; i < graph.inputs().size(); i++) {
      names.put(graph.inputs().get(i), "x" + i);
    }
    nodes.forEach(this::write);
    results =
        graph.outputs().values().stream()
            .map(this::result)
            .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Weights and constants in the order of the parameters. */
  List<Tensor> tensors() {
    return tensors;
  }

  /** The module's source. */
  String source() {
    return "class Function(Module):\n"
        + "  __parameters__ = []\n"
        + "  __buffers__ = []\n"
        + "  def forward(self: __torch__.Function"
        + each(graph.inputs().size(), i -> ",\n      x" + i + ": Tensor")
        + (training
            ? each(tensors.size(), i -> ",\n      p" + i + ": Tensor")
            : ",\n      w: List[Tensor]")
        + ") -> List[Tensor]:\n"
        + each(tensors.size(), i -> "    w" + i + " = " + weight(i) + '\n')
        + body
        + "    return "
        + results
        + '\n';
  }

  private String weight(int i) {
    return training ? tensors.get(i).form.of("p" + i) : "w[" + i + "]";
  }

  private static String each(int count, IntFunction<String> text) {
    return IntStream.range(0, count).mapToObj(text).collect(Collectors.joining());
  }

  private void write(Node node) {
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      arguments.add(Expressions.isTensor(node, i) ? argument(node, i) : null);
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      Value output = node.outputs().get(i);
      String expression = Expressions.of(node, arguments, i);
      // PyTorch widens whole numbers where it sums them.
      line(
          output.name(),
          output.type() == DataType.FLOAT32 || output.type() == DataType.BOOLEAN
              ? expression
              : Expressions.cast(expression, output.type()));
      names.put(output, output.name());
    }
  }

  private void line(String name, String expression) {
    body.append("    ").append(name).append(" = ").append(expression).append('\n');
  }

  private String argument(Node node, int input) {
    Value value = node.inputs().get(input);
    if (value.weight() != null || value.constant() != null) {
      return given(value, node, input);
    }
    String name = precision.takesHalf(node, input) ? half(value) : single(value);
    if (isKernel(node, input)) {
      return kernel(node).of(name);
    }
    return input == 0 && isPlaneByPlane(node) ? Expressions.call("contiguous", name) : name;
  }

  /** Whether a group norm takes its planes one by one rather than with channels last. */
  private boolean isPlaneByPlane(Node node) {
    return node.operator().equals("GroupNormalization")
        && (training || plane(node.inputs().get(0)) < PLANE);
  }

  private static long plane(Value value) {
    return value.size() / (value.axis(0) * value.axis(1));
  }

  /** A weight or constant. */
  private String given(Value value, Node node, int input) {
    Form flat = precision.takesHalf(node, input) && value.rank() > 0 ? Form.HALF : Form.SINGLE;
    Form form = isKernel(node, input) ? kernel(node) : flat;
    if (Arrays.equals(stored(value), value.shape())) {
      return "w" + place(value, form);
    }
    String shaped =
        Expressions.call(
            value.weight() == null ? "expand" : "reshape",
            "w" + place(value, flat),
            Literals.list(value.shape()));
    return form == flat ? shaped : form.of(shaped);
  }

  private static boolean isKernel(Node node, int input) {
    return node.operator().equals("Conv") && input == 1 && node.inputs().get(1).rank() <= 4;
  }

  /** The form of a convolution's kernel. */
  private Form kernel(Node node) {
    boolean half = precision.takesHalf(node, 1);
    if (node.inputs().get(1).rank() == 3) {
      return half ? Form.HALF_LINE : Form.LINE;
    }
    return half ? Form.HALF_CHANNELS_LAST : Form.CHANNELS_LAST;
  }

  /** The shape in which a weight or constant is passed in: one number for one that repeats it. */
  private static long[] stored(Value value) {
    if (value.weight() != null) {
      return value.weight().shape();
    }
    return value.constant().fill() != null ? new long[0] : value.shape();
  }

  private int place(Value value, Form form) {
    Object key = value.weight() != null ? value.weight() : value;
    return places
        .computeIfAbsent(key, any -> new HashMap<>())
        .computeIfAbsent(
            form,
            any -> {
              tensors.add(new Tensor(value.weight(), value.weight() == null ? value : null, form));
              return tensors.size() - 1;
            });
  }

  private String half(Value value) {
    String name = names.get(value);
    return precision.isHalf(value)
        ? name
        : casts.computeIfAbsent(name + "h", other -> cast(other, name, DataType.BFLOAT16));
  }

  private String single(Value value) {
    String name = names.get(value);
    return precision.isHalf(value)
        ? casts.computeIfAbsent(name + "s", other -> cast(other, name, DataType.FLOAT32))
        : name;
  }

  /** An output, which may be an input, a weight or a constant as it is. */
  private String result(Value value) {
    if (value.weight() == null && value.constant() == null) {
      return single(value);
    }
    String name = "w" + place(value, Form.SINGLE);
    return Arrays.equals(stored(value), value.shape())
        ? name
        : Expressions.call(
            value.weight() == null ? "expand" : "reshape", name, Literals.list(value.shape()));
  }

  private String cast(String other, String name, DataType type) {
    line(other, Expressions.cast(name, type));
    return other;
  }
}
