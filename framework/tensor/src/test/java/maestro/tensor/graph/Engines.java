package maestro.tensor.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.tensor.BlockParameters;
import maestro.tensor.Network;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.onnx.OnnxEngine;
import maestro.tensor.torch.TorchEngine;
import maestro.tensor.torchscript.ScriptEngine;

/** Runs the same block compiled and eagerly, and compares. */
public final class Engines {
  private Engines() {}

  public static final OnnxEngine ONNX = new OnnxEngine(1);

  public static TorchEngine torch() {
    return new TorchEngine(Engine.getEngine("PyTorch"));
  }

  public static ScriptEngine script() {
    return new ScriptEngine(Engine.getEngine("PyTorch"), false);
  }

  /** Standard normal numbers. */
  public static FloatTensor random(long seed, long... shape) {
    Random random = new Random(seed);
    float[] values = new float[(int) Weight.elements(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FloatTensor(shape, values);
  }

  /** A source with weights drawn for every parameter; inputs are named in0, in1, … */
  public static NetworkSource source(
      Supplier<? extends Block> block, int outputs, List<NetworkInput> inputs) {
    Block shaped = block.get();
    Graph graph = new Graph(Target.CPU);
    shaped.initialize(
        new RecordedManager(graph).proxy(),
        DataType.FLOAT32,
        inputs.stream().map(input -> new Shape(input.shape())).toArray(Shape[]::new));
    Map<String, Weight> weights = new LinkedHashMap<>();
    for (Map.Entry<String, Parameter> parameter : BlockParameters.byName(shaped).entrySet()) {
      String name = parameter.getKey();
      long[] shape = parameter.getValue().getShape().getShape();
      FloatTensor values = random(name.hashCode(), shape);
      double scale =
          1
              / Math.sqrt(
                  Math.max(
                      1, values.values().length / (shape.length == 0 ? 1 : Math.max(1, shape[0]))));
      for (int i = 0; i < values.values().length; i++) {
        float value = (float) (values.values()[i] * scale);
        // Variances are positive; scales stay near one.
        values.values()[i] =
            name.endsWith("Var")
                ? 0.5f + Math.abs(value)
                : shape.length == 1 ? 0.3f * value + (name.endsWith("gamma") ? 1 : 0) : value;
      }
      weights.put(name, Weight.of(name, values));
    }
    List<String> names =
        java.util.stream.IntStream.range(0, outputs).mapToObj(i -> "out" + i).toList();
    return new NetworkSource("test", block, inputs, names, weights);
  }

  /** Asserts that both engines give the same. */
  public static Map<String, FloatTensor> assertAgree(
      NetworkSource source, Map<String, FloatTensor> inputs, double tolerance) {
    try (Network compiled = ONNX.open(source, Device.CPU);
        Network script = script().open(source, Device.CPU);
        Network eager = torch().open(source, Device.CPU)) {
      Map<String, FloatTensor> expected = eager.run(inputs);
      Map<String, FloatTensor> scripted = script.run(inputs);
      assertThat(scripted.keySet()).isEqualTo(expected.keySet());
      expected.forEach(
          (name, tensor) ->
              assertClose(name + " in TorchScript", scripted.get(name), tensor, tolerance));
      Map<String, FloatTensor> actual = compiled.run(inputs);
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      expected.forEach((name, tensor) -> assertClose(name, actual.get(name), tensor, tolerance));
      return actual;
    }
  }

  public static void assertClose(
      String name, FloatTensor actual, FloatTensor expected, double tolerance) {
    assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
    double largest = 0;
    double scale = 1;
    for (int i = 0; i < expected.values().length; i++) {
      float e = expected.values()[i];
      float a = actual.values()[i];
      if (Float.isFinite(e)) {
        scale = Math.max(scale, Math.abs(e));
        largest = Math.max(largest, Float.isFinite(a) ? Math.abs(e - a) : Double.POSITIVE_INFINITY);
      } else {
        assertThat(a).as(name).isEqualTo(e);
      }
    }
    assertThat(largest / scale).as(name + ": largest difference").isLessThanOrEqualTo(tolerance);
  }
}
