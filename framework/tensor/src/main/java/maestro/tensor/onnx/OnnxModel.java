package maestro.tensor.onnx;

import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import maestro.checkpoint.Weight;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Node;
import maestro.tensor.graph.OnnxType;
import maestro.tensor.graph.RecordedOperations;
import maestro.tensor.graph.Value;

/** A graph as an ONNX model (onnx/onnx: onnx/onnx.proto). */
final class OnnxModel {
  /** Operator set of ONNX that the recorder writes: the first with GELU. */
  static final int OPERATOR_SET = 20;

  private static final int IR_VERSION = 9;

  private OnnxModel() {}

  /** Where the bytes of weights go. */
  enum Weights {
    /** Into the model. */
    INSIDE,
    /** Nowhere: the session gets them by name. */
    BY_NAME
  }

  /** Says in the description of a weight where its bytes are. */
  @FunctionalInterface
  interface Placing {
    ProtoMessage place(ProtoMessage tensor, Value weight);
  }

  static ProtoMessage write(String name, Graph graph, Weights weights) {
    return write(
        name,
        graph,
        (tensor, weight) ->
            weights == Weights.INSIDE ? tensor.bytes(9, bytes(weight)) : byName(tensor));
  }

  /** Leaves the bytes of a weight to whoever opens the model. */
  static ProtoMessage byName(ProtoMessage tensor) {
    return tensor
        .message(13, new ProtoMessage().text(1, "location").text(2, "weights"))
        .number(14, 1);
  }

  static ProtoMessage write(String name, Graph graph, Placing placing) {
    ProtoMessage body = new ProtoMessage();
    Set<Value> initializers = Collections.newSetFromMap(new IdentityHashMap<>());
    boolean runtime = false;
    int count = 0;
    for (Node node : graph.liveNodes()) {
      body.message(1, node(node, node.operator() + '_' + count++));
      runtime |= !node.domain().isEmpty();
      for (Value input : node.inputs()) {
        if (input != null && (input.constant() != null || input.weight() != null)) {
          initializers.add(input);
        }
      }
    }
    for (Map.Entry<String, Value> output : graph.outputs().entrySet()) {
      Value value = output.getValue();
      if (value.constant() != null || value.weight() != null) {
        initializers.add(value);
      }
      body.message(
          1,
          new ProtoMessage()
              .text(1, value.name())
              .text(2, output.getKey())
              .text(3, "out_" + output.getKey())
              .text(4, "Identity"));
    }
    body.text(2, name);
    ordered(initializers).values().forEach(value -> body.message(5, tensor(value, placing)));
    graph.inputs().forEach(input -> body.message(11, info(input.name(), input)));
    graph.outputs().forEach((outputName, value) -> body.message(12, info(outputName, value)));
    ProtoMessage model =
        new ProtoMessage()
            .number(1, IR_VERSION)
            .text(2, "maestro")
            .message(7, body)
            .message(8, new ProtoMessage().text(1, "").number(2, OPERATOR_SET));
    if (runtime) {
      model.message(8, new ProtoMessage().text(1, RecordedOperations.RUNTIME).number(2, 1));
    }
    return model;
  }

  /** Every weight a graph uses, by name. */
  static Map<String, Value> weights(Graph graph) {
    Map<String, Value> weights = new LinkedHashMap<>();
    for (Node node : graph.liveNodes()) {
      for (Value input : node.inputs()) {
        if (input != null && input.weight() != null) {
          weights.put(input.name(), input);
        }
      }
    }
    for (Value output : graph.outputs().values()) {
      if (output.weight() != null) {
        weights.put(output.name(), output);
      }
    }
    return weights;
  }

  private static Map<String, Value> ordered(Set<Value> values) {
    Map<String, Value> ordered = new TreeMap<>();
    values.forEach(value -> ordered.put(value.name(), value));
    return ordered;
  }

  /**
   * The numbers of a weight in the type the graph wants; copied only when they are stored in
   * another.
   */
  static ByteBuffer bytes(Value value) {
    Weight weight = value.weight();
    if (asStored(value)) {
      return weight.data();
    }
    float[] numbers = weight.toFloats();
    ByteBuffer converted =
        ByteBuffer.allocateDirect(Math.multiplyExact(numbers.length, value.type().getNumOfBytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      Value.put(converted, value.type(), number);
    }
    return converted.flip();
  }

  /** Whether a weight is stored in the type the graph wants. */
  static boolean asStored(Value value) {
    return switch (value.weight().dataType()) {
      case F16 -> value.type() == DataType.FLOAT16;
      case F32 -> value.type() == DataType.FLOAT32;
      case I64 -> value.type() == DataType.INT64;
      default -> false;
    };
  }

  private static ProtoMessage node(Node node, String name) {
    ProtoMessage message = new ProtoMessage();
    node.inputs().forEach(input -> message.text(1, input == null ? "" : input.name()));
    node.outputs().forEach(output -> message.text(2, output.name()));
    message.text(3, name).text(4, node.operator());
    new TreeMap<>(node.attributes())
        .forEach((key, attribute) -> message.message(5, attribute(key, attribute)));
    return node.domain().isEmpty() ? message : message.text(7, node.domain());
  }

  private static ProtoMessage attribute(String name, Object attribute) {
    ProtoMessage message = new ProtoMessage().text(1, name);
    if (attribute instanceof Float number) {
      return message.real(2, number).number(20, 1);
    }
    if (attribute instanceof Long number) {
      return message.number(3, number).number(20, 2);
    }
    if (attribute instanceof String text) {
      return message.text(4, text).number(20, 3);
    }
    for (long number : (long[]) attribute) {
      message.number(8, number);
    }
    return message.number(20, 7);
  }

  private static ProtoMessage tensor(Value value, Placing placing) {
    ProtoMessage message = new ProtoMessage();
    for (long axis : value.shape()) {
      message.number(1, axis);
    }
    message.number(2, OnnxType.of(value.type())).text(8, value.name());
    return value.weight() == null
        ? message.bytes(9, value.constantBytes())
        : placing.place(message, value);
  }

  private static ProtoMessage info(String name, Value value) {
    ProtoMessage shape = new ProtoMessage();
    for (long axis : value.shape()) {
      shape.message(1, new ProtoMessage().number(1, axis));
    }
    ProtoMessage tensor = new ProtoMessage().number(1, OnnxType.of(value.type())).message(2, shape);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }
}
