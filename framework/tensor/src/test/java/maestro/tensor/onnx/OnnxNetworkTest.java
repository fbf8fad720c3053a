package maestro.tensor.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.Network;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.device.DeviceChoice;
import maestro.tensor.graph.Engines;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Node;
import maestro.tensor.graph.Target;
import maestro.tensor.graph.Tracer;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.GroupNorm;
import org.junit.jupiter.api.Test;

/** Networks as a plugin meets them. */
final class OnnxNetworkTest {
  private static Block line() {
    return new SequentialBlock()
        .add(
            Conv1d.builder()
                .setFilters(16)
                .setKernelShape(new Shape(3))
                .optPadding(new Shape(1))
                .build())
        .add(new GroupNorm(4, 16, 1e-5f))
        .add(new LambdaBlock(x -> new NDList(Functions.silu(x.get(0)))))
        .add(
            Conv1d.builder()
                .setFilters(4)
                .setKernelShape(new Shape(3))
                .optPadding(new Shape(1))
                .build());
  }

  private static NetworkSource anyLength() {
    NetworkSource fixed =
        Engines.source(OnnxNetworkTest::line, 1, List.of(NetworkInput.of("in0", 1, 3, 8)));
    return new NetworkSource(
        "line",
        fixed.block(),
        List.of(NetworkInput.of("in0", -1, 3, -1)),
        fixed.outputs(),
        fixed.weights());
  }

  @Test
  void takesAnyLengthWhereAnAxisIsFree() {
    try (Network network = Engines.ONNX.open(anyLength(), Device.CPU)) {
      for (int length : new int[] {8, 9, 30, 8}) {
        FloatTensor y = network.run(Map.of("in0", Engines.random(1, 2, 3, length))).get("out0");
        assertThat(y.shape()).containsExactly(2, 4, length);
      }
    }
    Engines.assertAgree(anyLength(), Map.of("in0", Engines.random(5, 2, 3, 21)), 3e-6);
  }

  @Test
  void sameBitsForAnyNumberOfThreads() {
    Map<String, FloatTensor> inputs = Map.of("in0", Engines.random(1, 2, 3, 5000));
    float[] first = null;
    for (int threads : new int[] {1, 2, 4}) {
      try (Network network = new OnnxEngine(threads).open(anyLength(), Device.CPU)) {
        float[] values = network.run(inputs).get("out0").values();
        first = first == null ? values : first;
        assertThat(values).as(threads + " threads").isEqualTo(first);
      }
    }
  }

  @Test
  void attentionOfManyHeads() {
    NetworkSource source =
        new NetworkSource(
            "attention",
            () ->
                new LambdaBlock(
                    x -> new NDList(Functions.attention(x.get(0), x.get(1), x.get(2), 4))),
            List.of(
                NetworkInput.of("q", 2, 70, 32),
                NetworkInput.of("k", 2, 9, 32),
                NetworkInput.of("v", 2, 9, 32)),
            List.of("y"),
            Map.of());
    Engines.assertAgree(
        source,
        Map.of(
            "q",
            Engines.random(1, 2, 70, 32),
            "k",
            Engines.random(2, 2, 9, 32),
            "v",
            Engines.random(3, 2, 9, 32)),
        3e-6);
  }

  @Test
  void gatedFeedForwardTakesEachHalfFromItsOwnRows() {
    NetworkSource source =
        Engines.source(
            () ->
                new SequentialBlock()
                    .add(ai.djl.nn.core.Linear.builder().setUnits(12).build())
                    .add(
                        new LambdaBlock(
                            x -> {
                              NDList halves = x.get(0).split(2, 2);
                              return new NDList(
                                  halves.get(0).mul(ai.djl.nn.Activation.gelu(halves.get(1))));
                            })),
            1,
            List.of(NetworkInput.of("in0", 2, 5, 4)));
    Engines.assertAgree(source, Map.of("in0", Engines.random(1, 2, 5, 4)), 2e-6);
    Graph graph = Tracer.trace(source, Map.of("in0", new long[] {2, 5, 4}), Target.CPU);
    assertThat(graph.liveNodes()).extracting(Node::operator).doesNotContain("Split");
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (Network network = Engines.ONNX.open(anyLength(), Device.CPU)) {
      assertThatThrownBy(() -> network.run(Map.of())).hasMessage("line: no input 'in0' among []");
      assertThatThrownBy(() -> network.run(Map.of("in0", Engines.random(1, 1, 4, 8))))
          .hasMessage("line: input 'in0' is 1x4x8, must be ?x3x?");
      assertThatThrownBy(
              () ->
                  network.run(
                      Map.of("in0", Engines.random(1, 1, 3, 8), "other", Engines.random(1, 1))))
          .hasMessageStartingWith("line: surplus inputs among");
    }
  }

  @Test
  void freeAxesNeedALengthBeforeTracing() {
    assertThatThrownBy(() -> Tracer.trace(anyLength(), Map.of(), Target.CPU))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line: input 'in0' needs a shape that fits its own");
  }

  @Test
  void fallsBackToTheProcessorWithoutCudaInOneLine() {
    List<String> lines = new ArrayList<>();
    OnnxEngine engine = new OnnxEngine(1, false, new DeviceChoice(lines::add));
    for (int i = 0; i < 2; i++) {
      try (Network network = engine.open(anyLength(), Device.parse("cuda:3"))) {
        assertThat(network.engine()).isEqualTo("onnx on cpu");
        assertThat(network.run(Map.of("in0", Engines.random(1, 1, 3, 8)))).containsOnlyKeys("out0");
      }
    }
    assertThat(lines)
        .containsExactly(
            "cuda:3 cannot be used (these ONNX Runtime libraries are without CUDA); "
                + "networks run on the processor");
  }

  @Test
  void closedNetworksDoNotRun() {
    Network network = Engines.ONNX.open(anyLength(), Device.CPU);
    network.close();
    assertThatThrownBy(() -> network.run(Map.of("in0", Engines.random(1, 1, 3, 8))))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void enginesGoByName() {
    assertThat(Engines.ONNX.named("onnx")).isSameAs(Engines.ONNX);
    assertThat(Engines.torch().named("").open(anyLength(), Device.CPU).engine())
        .isEqualTo("pytorch on cpu");
    assertThatThrownBy(() -> Engines.ONNX.named("pytorch"))
        .isInstanceOf(MaestroException.class)
        .hasMessage("engine: there is no 'pytorch' here; use onnx");
  }
}
