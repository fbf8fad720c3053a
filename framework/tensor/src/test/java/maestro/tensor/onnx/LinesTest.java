package maestro.tensor.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.Network;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.graph.Engines;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Lines;
import maestro.tensor.graph.Node;
import maestro.tensor.graph.Target;
import maestro.tensor.graph.Tracer;
import maestro.tensor.graph.Value;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.Layer;
import maestro.tensor.nn.TransposedConvolution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chains of convolutions over lines: fewer multiplications and passes, the same numbers. */
final class LinesTest {
  /** h += conv(leaky(dilated(leaky(h)))) twice, then a third of the sum with another such chain. */
  private static final class Residual extends Layer {
    private final Convolution[] layers = new Convolution[6];

    Residual(int channels, int kernel, int dilation) {
      for (int i = 0; i < layers.length; i++) {
        layers[i] =
            child(
                "c" + i,
                Convolution.line(
                    channels, channels, i < 4 ? kernel : 3, i % 2 == 0 ? dilation : 1));
      }
    }

    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
      NDArray h = x;
      for (int i = 0; i < 4; i += 2) {
        h = h.add(pair(store, i, h));
      }
      NDArray sum = x.add(pair(store, 4, x)).add(h);
      return Activation.leakyRelu(Functions.times(sum, 1f / 3), 0.1f);
    }

    private NDArray pair(ParameterStore store, int first, NDArray h) {
      NDArray inner = layers[first].apply(store, Activation.leakyRelu(h, 0.1f), false);
      return layers[first + 1].apply(store, Activation.leakyRelu(inner, 0.1f), false);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
      return inputShapes;
    }
  }

  private static NetworkSource source(Supplier<? extends Block> block, long... shape) {
    return Engines.source(block, 1, List.of(NetworkInput.of("in0", shape)));
  }

  private static Graph graph(NetworkSource source, Target target) {
    return Tracer.trace(source, Map.of("in0", source.inputs().get(0).shape()), target);
  }

  private static double multiplications(Graph graph) {
    return graph.liveNodes().stream()
        .filter(node -> node.operator().equals("Conv"))
        .mapToDouble(
            node ->
                (double) node.outputs().get(0).size()
                    * node.inputs().get(1).size()
                    / node.inputs().get(1).axis(0))
        .sum();
  }

  @ParameterizedTest
  @CsvSource({"5, 1, 400", "7, 1, 401", "7, 3, 400", "9, 5, 401", "11, 3, 401", "11, 5, 500"})
  void wideConvolutionsByEvenAndOddSamplesGiveTheSameNumbers(int kernel, int dilation, int length) {
    NetworkSource source = source(() -> new Residual(256, kernel, dilation), 2, 256, length);
    Engines.assertAgree(source, Map.of("in0", Engines.random(4, 2, 256, length)), 5e-6);
    double direct = (4.0 * kernel + 2 * 3) * 256 * 256 * 2 * length;
    assertThat(multiplications(graph(source, Target.CPU)))
        .isLessThan((0.84 * 4 * kernel + 2 * 3) * 256 * 256 * 2 * length)
        .isLessThan(direct);
    assertThat(graph(source, Target.CUDA).liveNodes())
        .extracting(Node::operator)
        .containsOnly("LeakyRelu", "Conv", "Add", "Mul");
  }

  @Test
  void narrowChainsStayAsTheyAre() {
    NetworkSource source = source(() -> new Residual(32, 7, 3), 1, 32, 400);
    Engines.assertAgree(source, Map.of("in0", Engines.random(4, 1, 32, 400)), 5e-6);
    assertThat(graph(source, Target.CPU).liveNodes().stream().map(Node::operator))
        .doesNotContain("Slice", "Transpose")
        .contains("Add");
    NetworkSource odd = source(() -> new Residual(24, 7, 3), 1, 24, 400);
    Engines.assertAgree(odd, Map.of("in0", Engines.random(4, 1, 24, 400)), 5e-6);
  }

  @Test
  void sameBitsForAnyNumberOfThreads() {
    NetworkSource source = source(() -> new Residual(256, 7, 3), 1, 256, 700);
    Map<String, FloatTensor> inputs = Map.of("in0", Engines.random(1, 1, 256, 700));
    float[] first = null;
    for (int threads : new int[] {1, 2, 4}) {
      try (Network network = new OnnxEngine(threads).open(source, Device.CPU)) {
        float[] values = network.run(inputs).get("out0").values();
        first = first == null ? values : first;
        assertThat(values).as(threads + " threads").isEqualTo(first);
      }
    }
  }

  /**
   * Doubles the length; reaches 2 + 3 samples of the input to either side, and says {@code reach}.
   */
  private static final class Windowed extends Layer {
    private final Convolution before = child("before", Convolution.line(4, 16, 5, 1));
    private final TransposedConvolution up = child("up", new TransposedConvolution(16, 8, 4, 2, 1));
    private final Convolution after = child("after", Convolution.line(8, 3, 3, 1));
    private final long reach;

    Windowed(long reach) {
      this.reach = reach;
    }

    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
      return Functions.inWindows(
          x,
          reach,
          line ->
              after.apply(store, up.apply(store, before.apply(store, line, false), false), false));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
      return new Shape[] {new Shape(inputShapes[0].get(0), 3, 2 * inputShapes[0].get(2))};
    }
  }

  private static long largestBatch(Graph graph) {
    return graph.liveNodes().stream()
        .filter(node -> node.operator().equals("Conv"))
        .mapToLong(node -> node.outputs().get(0).axis(0))
        .max()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"1, 800", "1, 801", "2, 807"})
  void windowsGiveTheNumbersOfTheWholeLineAlsoAtItsBorders(int batch, int length) {
    NetworkSource source = source(() -> new Windowed(5), batch, 4, length);
    Engines.assertAgree(source, Map.of("in0", Engines.random(2, batch, 4, length)), 3e-6);
    assertThat(largestBatch(graph(source, Target.CPU))).isEqualTo(8L * batch);
    assertThat(largestBatch(graph(source, Target.CUDA))).isEqualTo(batch);
  }

  @Test
  void aShortLineIsComputedWhole() {
    NetworkSource source = source(() -> new Windowed(5), 1, 4, 200);
    Engines.assertAgree(source, Map.of("in0", Engines.random(2, 1, 4, 200)), 3e-6);
    assertThat(largestBatch(graph(source, Target.CPU))).isEqualTo(1);
  }

  @Test
  void evenAndOddSamplesMakeTheLine() {
    for (int length : new int[] {6, 7}) {
      Graph graph = new Graph(Target.CPU);
      Value x = graph.input("x", DataType.FLOAT32, 1, 16, length);
      Lines.Phases phases = graph.lines().phases(x);
      graph.output("even", phases.even());
      graph.output("line", graph.lines().line(phases));
      FloatTensor line = Engines.random(1, 1, 16, length);
      try (OnnxSession session = new OnnxSession("phases", graph, 1, -1)) {
        Map<String, FloatTensor> results = session.run(Map.of("x", line));
        assertThat(results.get("line")).isEqualTo(line);
        assertThat(Arrays.copyOf(results.get("even").values(), 3))
            .containsExactly(line.values()[0], line.values()[2], line.values()[4]);
      }
    }
  }
}
