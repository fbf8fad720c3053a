package maestro.tensor.onnx;

import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Node;
import maestro.tensor.graph.OnnxType;
import maestro.tensor.graph.Target;
import maestro.tensor.graph.Value;

/**
 * Turns a graph of single-precision numbers into one that computes in half precision from the first
 * convolution or matrix product on. What comes before stays as it was: a timestep near 1000 would
 * lose the fraction its sinusoids need. Inputs and outputs keep their types.
 */
final class HalfPrecision {
  private static final Set<String> BEGIN =
      Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", "MultiHeadAttention");

  /** Sums of many numbers, which leave the range of half precision. */
  private static final Set<String> KEEP =
      Set.of("ReduceSum", "ReduceMean", "ReduceProd", "ReduceL1", "ReduceL2", "CumSum");

  private final Graph half;
  private final Map<Value, Value> twins = new IdentityHashMap<>();
  private final Map<String, Value> casts = new HashMap<>();

  private HalfPrecision(Target target) {
    half = new Graph(target);
  }

  static Graph of(Graph graph) {
    HalfPrecision pass = new HalfPrecision(graph.target());
    for (Value input : graph.inputs()) {
      pass.twins.put(input, pass.half.input(input.name(), input.type(), input.shape()));
    }
    graph.liveNodes().forEach(pass::convert);
    graph
        .outputs()
        .forEach((name, value) -> pass.half.output(name, pass.as(pass.twin(value), value.type())));
    return pass.half;
  }

  private void convert(Node node) {
    List<Value> inputs = new ArrayList<>();
    boolean begins = BEGIN.contains(node.operator());
    boolean any = false;
    for (Value input : node.inputs()) {
      Value twin = input == null ? null : twin(input);
      inputs.add(twin);
      any |= twin != null && twin.type() == DataType.FLOAT16;
    }
    boolean halved =
        (begins || any) && !KEEP.contains(node.operator()) && !node.operator().equals("Cast");
    List<Value> typed = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Value input = inputs.get(i);
      boolean wasFloat = input != null && node.inputs().get(i).type() == DataType.FLOAT32;
      typed.add(wasFloat ? as(input, halved ? DataType.FLOAT16 : DataType.FLOAT32) : input);
    }
    List<long[]> shapes = node.outputs().stream().map(Value::shape).toList();
    DataType type = node.outputs().get(0).type();
    DataType result = halved && type == DataType.FLOAT32 ? DataType.FLOAT16 : type;
    List<Value> outputs =
        half.add(node.domain(), node.operator(), result, shapes, typed, node.attributes());
    for (int i = 0; i < outputs.size(); i++) {
      Value was = node.outputs().get(i);
      if (was.type() != type) { // indices beside values
        Value index =
            Value.output(outputs.get(i).name(), was.type(), was.shape(), outputs.get(i).producer());
        outputs.set(i, index);
      }
      twins.put(was, outputs.get(i));
    }
  }

  /** The value in the new graph; constants and weights are taken over as they are. */
  private Value twin(Value value) {
    return twins.getOrDefault(value, value);
  }

  private Value as(Value value, DataType type) {
    if (value.type() == type
        || value.type() != DataType.FLOAT32 && value.type() != DataType.FLOAT16) {
      return value;
    }
    return casts.computeIfAbsent(
        value.name() + ' ' + type,
        key -> {
          if (value.weight() != null || value.constant() != null) {
            return value.inType(type);
          }
          return half.add(
              "Cast", type, value.shape(), List.of(value), Map.of("to", (long) OnnxType.of(type)));
        });
  }
}
