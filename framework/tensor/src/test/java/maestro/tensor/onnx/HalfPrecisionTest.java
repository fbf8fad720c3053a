package maestro.tensor.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.util.List;
import java.util.Map;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.graph.Engines;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Node;
import maestro.tensor.graph.Target;
import maestro.tensor.graph.Tracer;
import org.junit.jupiter.api.Test;

/**
 * Graphs in half precision; the processor runs them too, so a device is not needed to see that they
 * are right.
 */
final class HalfPrecisionTest {
  private static final Map<String, long[]> SHAPE = Map.of("in0", new long[] {2, 1});

  /** Sinusoids of a timestep, then a small network. */
  private static Block timestep() {
    return new SequentialBlock()
        .add(
            new LambdaBlock(
                x -> {
                  NDArray t = x.get(0);
                  NDArray angles =
                      t.mul(t.getManager().create(new float[] {1, 0.5f, 0.25f}).reshape(1, 3));
                  return new NDList(angles.cos().concat(angles.sin(), 1));
                }))
        .add(Linear.builder().setUnits(16).build())
        .add(Activation::gelu)
        .add(Linear.builder().setUnits(4).build())
        .add(new LambdaBlock(x -> new NDList(x.get(0).softmax(-1).add(x.get(0).clip(-1, 1)))));
  }

  private static NetworkSource source() {
    return Engines.source(HalfPrecisionTest::timestep, 1, List.of(NetworkInput.of("in0", 2, 1)));
  }

  @Test
  void comesCloseToSinglePrecisionAlsoForLargeTimesteps() {
    Graph graph = Tracer.trace(source(), SHAPE, Target.CUDA);
    FloatTensor steps = FloatTensor.of(new float[] {999, 501}, 2, 1);
    try (OnnxSession single = new OnnxSession("single", graph, 1, -1);
        OnnxSession half = new OnnxSession("half", HalfPrecision.of(graph), 1, -1)) {
      Engines.assertClose(
          "half",
          half.run(Map.of("in0", steps)).get("out0"),
          single.run(Map.of("in0", steps)).get("out0"),
          3e-3);
    }
  }

  @Test
  void beginsWithTheFirstProductAndLeavesInputsAndOutputsAsTheyWere() {
    Graph half = HalfPrecision.of(Tracer.trace(source(), SHAPE, Target.CUDA));
    assertThat(half.inputs().get(0).type()).isEqualTo(DataType.FLOAT32);
    assertThat(half.outputs().get("out0").type()).isEqualTo(DataType.FLOAT32);
    for (Node node : half.liveNodes()) {
      DataType type = node.outputs().get(0).type();
      switch (node.operator()) {
        case "Cos", "Sin" -> assertThat(type).isEqualTo(DataType.FLOAT32);
        case "Gemm", "Gelu", "Softmax" -> assertThat(type).isEqualTo(DataType.FLOAT16);
        default -> assertThat(type).isIn(DataType.FLOAT32, DataType.FLOAT16);
      }
    }
    assertThat(OnnxModel.weights(half).values())
        .allMatch(weight -> weight.type() == DataType.FLOAT16);
  }
}
