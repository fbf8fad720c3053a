package maestro.tensor.onnx;

import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.tensor.checkpoint.Weight;

/** A graph under construction: nodes in an order in which they can run, and the values between them. */
final class Graph {
  private final List<Value> inputs = new ArrayList<>();
  private final Map<String, Value> outputs = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Object, Value> scalars = new HashMap<>();
  private final Target target;
  private int values;

  Graph(Target target) {
    this.target = target;
  }

  Target target() {
    return target;
  }

  Value input(String name, DataType type, long... shape) {
    Value input = Value.input(name, type, shape);
    inputs.add(input);
    return input;
  }

  void output(String name, Value value) {
    outputs.put(name, value);
  }

  List<Value> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  /** Outputs by their public name. */
  Map<String, Value> outputs() {
    return Collections.unmodifiableMap(outputs);
  }

  List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  Value weight(String name, DataType type, Weight weight) {
    return Value.weight(name, type, weight);
  }

  /** One number everywhere. */
  Value fill(DataType type, Number number, long... shape) {
    if (shape.length == 0) {
      return scalars.computeIfAbsent(
          List.of(type, number), key -> constant(type, new Value.Constant(number, null)));
    }
    return constant(type, new Value.Constant(number, null), shape);
  }

  /** Given numbers, little-endian. */
  Value constant(DataType type, ByteBuffer data, long... shape) {
    return constant(type, new Value.Constant(null, data), shape);
  }

  /** A vector of whole numbers, for shapes, axes and pads. */
  Value longs(long... numbers) {
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

  /** Adds a node with one output. */
  Value add(String operator, DataType type, long[] shape, List<Value> inputs, Map<String, Object> attributes) {
    return add("", operator, type, shape, inputs, attributes);
  }

  /** Adds a node of another operator set, with one output. */
  Value add(
      String domain,
      String operator,
      DataType type,
      long[] shape,
      List<Value> inputs,
      Map<String, Object> attributes) {
    return add(domain, operator, type, List.of(shape), inputs, attributes).get(0);
  }

  /** Adds a node; one output of the given type for each shape. */
  List<Value> add(
      String domain,
      String operator,
      DataType type,
      List<long[]> shapes,
      List<Value> inputs,
      Map<String, Object> attributes) {
    Node node = new Node(domain, operator, Collections.unmodifiableList(inputs), new ArrayList<>(), attributes);
    for (long[] shape : shapes) {
      for (long axis : shape) {
        if (axis < 0) {
          throw new IllegalArgumentException(operator + " cannot make shape " + Weight.shapeText(shape));
        }
      }
      node.outputs().add(Value.output("v" + values++, type, shape, node));
    }
    nodes.add(node);
    return node.outputs();
  }
}
