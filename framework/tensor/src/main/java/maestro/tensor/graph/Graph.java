package maestro.tensor.graph;

import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import maestro.checkpoint.Weight;

/**
 * A graph under construction: nodes in an order in which they can run, and the values between them.
 */
public final class Graph {
  private final List<Value> inputs = new ArrayList<>();
  private final Map<String, Value> outputs = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Object, Value> scalars = new HashMap<>();
  private final Lines lines = new Lines(this);
  private final Target target;
  private int values;

  public Graph(Target target) {
    this.target = target;
  }

  public Target target() {
    return target;
  }

  public Value input(String name, DataType type, long... shape) {
    Value input = Value.input(name, type, shape);
    inputs.add(input);
    return input;
  }

  public void output(String name, Value value) {
    outputs.put(name, value);
  }

  public List<Value> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  /** Outputs by their public name. */
  public Map<String, Value> outputs() {
    return Collections.unmodifiableMap(outputs);
  }

  public Value weight(String name, DataType type, Weight weight) {
    return Value.weight(name, type, weight);
  }

  /** One number everywhere. */
  public Value fill(DataType type, Number number, long... shape) {
    if (shape.length == 0) {
      return scalars.computeIfAbsent(
          List.of(type, number), key -> constant(type, new Value.Constant(number, null)));
    }
    return constant(type, new Value.Constant(number, null), shape);
  }

  /** Given numbers, little-endian. */
  public Value constant(DataType type, ByteBuffer data, long... shape) {
    return constant(type, new Value.Constant(null, data), shape);
  }

  /** Given numbers. */
  public Value floats(float[] numbers, long... shape) {
    ByteBuffer data = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(numbers);
    return constant(DataType.FLOAT32, data, shape);
  }

  /** A vector of whole numbers, for shapes, axes and pads. */
  public Value longs(long... numbers) {
    return scalars.computeIfAbsent(
        Arrays.toString(numbers),
        key -> {
          ByteBuffer data = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
          for (long number : numbers) {
            data.putLong(number);
          }
          return constant(DataType.INT64, data.flip(), numbers.length);
        });
  }

  private Value constant(DataType type, Value.Constant constant, long... shape) {
    return Value.constant("c" + values++, type, shape, constant);
  }

  /**
   * The same numbers in another shape. Reshapes in a row become one, and one that leads back
   * disappears.
   */
  public Value reshaped(Value x, long... shape) {
    if (x.weight() != null) {
      return Arrays.equals(x.shape(), shape) ? x : x.reshapedWeight(shape);
    }
    Value source = isReshape(x) ? x.producer().inputs().get(0) : x;
    return Arrays.equals(source.shape(), shape)
        ? source
        : add("Reshape", x.type(), shape, List.of(source, longs(shape)), Map.of());
  }

  /** A function of each element. */
  public Value elementwise(
      String domain, String operator, Value x, Map<String, Object> attributes) {
    return lines
        .elementwise(domain, operator, x, attributes)
        .orElseGet(() -> add(domain, operator, x.type(), x.shape(), List.of(x), attributes));
  }

  /** The same for two arrays. */
  public Value elementwise(String operator, DataType type, Value a, Value b) {
    return lines
        .elementwise(operator, type, a, b)
        .orElseGet(
            () ->
                add(
                    operator,
                    type,
                    Shapes.broadcast(a.shape(), b.shape()),
                    List.of(a, b),
                    Map.of()));
  }

  /** How lines are carried on the processor. */
  public Lines lines() {
    return lines;
  }

  public static boolean isReshape(Value x) {
    return x.producer() != null && x.producer().operator().equals("Reshape");
  }

  /** Whether a value is a linear layer of weights, in whatever shape its rows stand. */
  public boolean isLinear(Value x) {
    Node gemm = linear(x);
    return gemm != null
        && gemm.outputs().get(0).axis(1) == x.axis(-1)
        && gemm.inputs().stream().skip(1).allMatch(Graph::isWholeWeight);
  }

  /** Some columns of a linear layer's result, from those rows of its weight and bias alone. */
  public Value linearPart(Value x, long from, long to, long[] shape) {
    Node gemm = linear(x);
    List<Value> inputs = new ArrayList<>(List.of(gemm.inputs().get(0)));
    gemm.inputs().stream().skip(1).forEach(weight -> inputs.add(weight.rows(from, to)));
    long rows = gemm.outputs().get(0).axis(0);
    return reshaped(
        add("Gemm", x.type(), new long[] {rows, to - from}, inputs, gemm.attributes()), shape);
  }

  private static Node linear(Value x) {
    Node producer = isReshape(x) ? x.producer().inputs().get(0).producer() : x.producer();
    return producer != null && producer.operator().equals("Gemm") ? producer : null;
  }

  private static boolean isWholeWeight(Value value) {
    return value.weight() != null
        && value.weight().dataType().floating()
        && Arrays.equals(value.weight().shape(), value.shape());
  }

  /** Nodes that an output depends on; recording leaves others behind. */
  public List<Node> liveNodes() {
    Set<Node> live = Collections.newSetFromMap(new IdentityHashMap<>());
    outputs.values().forEach(value -> mark(value, live));
    return nodes.stream().filter(live::contains).toList();
  }

  private static void mark(Value start, Set<Node> live) {
    Deque<Value> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      Node producer = open.pop().producer();
      if (producer != null && live.add(producer)) {
        producer.inputs().stream().filter(Objects::nonNull).forEach(open::push);
      }
    }
  }

  /** Adds a node with one output. */
  public Value add(
      String operator,
      DataType type,
      long[] shape,
      List<Value> inputs,
      Map<String, Object> attributes) {
    return add("", operator, type, shape, inputs, attributes);
  }

  /** Adds a node of another operator set, with one output. */
  public Value add(
      String domain,
      String operator,
      DataType type,
      long[] shape,
      List<Value> inputs,
      Map<String, Object> attributes) {
    return add(domain, operator, type, List.of(shape), inputs, attributes).get(0);
  }

  /** Adds a node; one output of the given type for each shape. */
  public List<Value> add(
      String domain,
      String operator,
      DataType type,
      List<long[]> shapes,
      List<Value> inputs,
      Map<String, Object> attributes) {
    Node node =
        new Node(
            domain, operator, Collections.unmodifiableList(inputs), new ArrayList<>(), attributes);
    for (long[] shape : shapes) {
      for (long axis : shape) {
        if (axis < 0) {
          throw new IllegalArgumentException(
              operator + " cannot make shape " + Weight.shapeText(shape));
        }
      }
      node.outputs().add(Value.output("v" + values++, type, shape, node));
    }
    nodes.add(node);
    return node.outputs();
  }
}
