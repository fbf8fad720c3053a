package maestro.tensor.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.core.Prelu;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.tensor.Network;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import org.junit.jupiter.api.Test;

/** DJL's own blocks, compiled, give what they give on PyTorch. */
final class LayersTest {
  private static void assertCompiles(Supplier<? extends Block> block, long... shape) {
    NetworkSource source = Engines.source(block, 1, List.of(NetworkInput.of("in0", shape)));
    Engines.assertAgree(source, Map.of("in0", Engines.random(3, shape)), 5e-6);
  }

  @Test
  void linearOfAnyRank() {
    assertCompiles(() -> Linear.builder().setUnits(7).build(), 3, 5);
    assertCompiles(() -> Linear.builder().setUnits(7).optBias(false).build(), 2, 3, 5);
  }

  @Test
  void convolutions() {
    assertCompiles(
        () ->
            Conv1d.builder()
                .setFilters(6)
                .setKernelShape(new Shape(5))
                .optDilation(new Shape(2))
                .optPadding(new Shape(4))
                .build(),
        2,
        3,
        20);
    assertCompiles(
        () ->
            Conv2d.builder()
                .setFilters(8)
                .setKernelShape(new Shape(3, 1))
                .optStride(new Shape(2, 1))
                .optPadding(new Shape(1, 0))
                .optGroups(2)
                .build(),
        2,
        4,
        9,
        5);
    assertCompiles(
        () ->
            Conv3d.builder()
                .setFilters(4)
                .setKernelShape(new Shape(3, 3, 3))
                .optStride(new Shape(1, 2, 2))
                .optPadding(new Shape(1, 1, 1))
                .optBias(false)
                .build(),
        1,
        3,
        6,
        8,
        7);
  }

  @Test
  void stridedConvolutionInGroups() {
    assertCompiles(() -> Convolution.stridedLine(4, 6, 5, 3, 2), 2, 4, 17);
    assertThat(
            Convolution.stridedLine(4, 6, 5, 3, 2)
                .getOutputShapes(new Shape[] {new Shape(2, 4, 17)}))
        .containsExactly(new Shape(2, 6, 6));
    assertThatThrownBy(() -> Convolution.stridedLine(4, 6, 5, 3, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 groups");
  }

  /** By hand: two groups of one channel each; every second place; a zero on either side. */
  @Test
  void aGroupSeesItsOwnChannelsOnly() {
    float[] x = {1, 2, 3, 4, 10, 20, 30, 40};
    Map<String, Weight> weights =
        Map.of(
            "weight",
            Weight.of("weight", FloatTensor.of(new float[] {1, 0, -1, 2, 1, 0}, 2, 1, 3)),
            "bias",
            Weight.of("bias", FloatTensor.of(new float[] {0, 0.5f}, 2)));
    NetworkSource source =
        new NetworkSource(
            "groups",
            () -> Convolution.stridedLine(2, 2, 3, 2, 2),
            List.of(NetworkInput.of("in0", 1, 2, 4)),
            List.of("y"),
            weights);
    try (Network network = Engines.torch().open(source, Device.CPU)) {
      assertThat(network.run(Map.of("in0", FloatTensor.of(x, 1, 2, 4))).get("y").values())
          .containsExactly(-2, -2, 10.5f, 70.5f);
    }
  }

  @Test
  void convolutionOfADoubledPlane() {
    Supplier<Block> block =
        () ->
            new SequentialBlock()
                .add(new LambdaBlock(x -> new NDList(Functions.doubled(x.get(0).mul(2)))))
                .add(
                    Conv2d.builder()
                        .setFilters(5)
                        .setKernelShape(new Shape(3, 3))
                        .optPadding(new Shape(1, 1))
                        .build());
    assertCompiles(block, 2, 3, 6, 4);
    NetworkSource source = Engines.source(block, 1, List.of(NetworkInput.of("in0", 1, 3, 6, 4)));
    Graph graph = Tracer.trace(source, Map.of("in0", new long[] {1, 3, 6, 4}), Target.CPU);
    assertThat(graph.liveNodes()).extracting(Node::operator).doesNotContain("Resize");
  }

  @Test
  void transposedConvolutionSpreadsEachInputOverItsKernel() {
    // One input channel, two kernels of length 4, stride 2, padding 1: out[2i + k - 1] +=
    // x[i]·w[k].
    float[] weight = {1, 2, 3, 4, 10, 20, 30, 40};
    NetworkSource source =
        new NetworkSource(
            "transposed",
            () ->
                new LambdaBlock(
                    x ->
                        x.get(0)
                            .getNDArrayInternal()
                            .deconvolution(
                                x.get(0),
                                x.get(1),
                                null,
                                new Shape(2),
                                new Shape(1),
                                new Shape(0),
                                new Shape(1),
                                1)),
            List.of(NetworkInput.of("x", 1, 1, 3), NetworkInput.of("weight", 1, 2, 4)),
            List.of("y"),
            Map.of());
    float[] x = {1, -2, 5};
    float[] expected = new float[12];
    for (int c = 0; c < 2; c++) {
      for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 4; k++) {
          int at = 2 * i + k - 1;
          if (at >= 0 && at < 6) {
            expected[6 * c + at] += x[i] * weight[4 * c + k];
          }
        }
      }
    }
    try (Network network = Engines.ONNX.open(source, Device.CPU)) {
      FloatTensor y =
          network
              .run(
                  Map.of(
                      "x", FloatTensor.of(x, 1, 1, 3), "weight", FloatTensor.of(weight, 1, 2, 4)))
              .get("y");
      assertThat(y.shape()).containsExactly(1, 2, 6);
      assertThat(y.values()).containsExactly(expected);
    }
  }

  @Test
  void averagePoolingLeavesPaddingOutOfTheCountWhenAsked() {
    // DJL's PyTorch engine counts the padding in any case, so this has no eager twin.
    Supplier<Block> block =
        () ->
            new LambdaBlock(
                x ->
                    new NDList(
                        Pool.avgPool2d(
                            x.get(0),
                            new Shape(3, 3),
                            new Shape(1, 1),
                            new Shape(1, 1),
                            false,
                            false)));
    NetworkSource source = Engines.source(block, 1, List.of(NetworkInput.of("in0", 1, 1, 2, 2)));
    try (Network network = Engines.ONNX.open(source, Device.CPU)) {
      assertThat(
              network
                  .run(Map.of("in0", FloatTensor.of(new float[] {1, 2, 3, 6}, 1, 1, 2, 2)))
                  .get("out0")
                  .values())
          .containsExactly(3, 3, 3, 3);
    }
  }

  @Test
  void preluHasOneSlopeForEachChannel() {
    NetworkSource source =
        new NetworkSource(
            "prelu",
            () -> new LambdaBlock(x -> Prelu.prelu(x.get(0), x.get(1))),
            List.of(NetworkInput.of("x", 1, 2, 2), NetworkInput.of("alpha", 2)),
            List.of("y"),
            Map.of());
    try (Network network = Engines.ONNX.open(source, Device.CPU)) {
      assertThat(
              network
                  .run(
                      Map.of(
                          "x",
                          FloatTensor.of(new float[] {1, -2, -4, 3}, 1, 2, 2),
                          "alpha",
                          FloatTensor.of(new float[] {0.25f, 0.5f}, 2)))
                  .get("y")
                  .values())
          .containsExactly(1, -0.5f, -2, 3);
    }
  }

  @Test
  void norms() {
    assertCompiles(() -> LayerNorm.builder().build(), 2, 3, 8);
    assertCompiles(() -> LayerNorm.builder().axis(1, 2).build(), 2, 3, 8);
    assertCompiles(() -> BatchNorm.builder().build(), 2, 3, 8, 5);
    assertCompiles(() -> BatchNorm.builder().optAxis(2).build(), 2, 3, 8);
  }

  @Test
  void groupNorm() {
    assertCompiles(() -> new maestro.tensor.nn.GroupNorm(4, 16, 1e-5f), 2, 16, 6, 5);
    assertCompiles(() -> new maestro.tensor.nn.GroupNorm(2, 6, 1e-6f), 1, 6, 9);
  }

  @Test
  void embeddingOfWholeNumbers() {
    NetworkSource source =
        Engines.source(
            () ->
                new ai.djl.nn.SequentialBlock()
                    .add(new ai.djl.nn.LambdaBlock(x -> x))
                    .add(new WordEmbedding()),
            1,
            List.of(NetworkInput.index("in0", 2, 3)));
    Engines.assertAgree(
        source, Map.of("in0", FloatTensor.of(new float[] {0, 4, 1, 3, 3, 2}, 2, 3)), 0);
  }

  /** An embedding table of five words. */
  private static final class WordEmbedding extends ai.djl.nn.AbstractBlock {
    private final ai.djl.nn.Parameter table =
        addParameter(
            ai.djl.nn.Parameter.builder()
                .setName("table")
                .setType(ai.djl.nn.Parameter.Type.WEIGHT)
                .optShape(new Shape(5, 4))
                .build());

    @Override
    protected NDList forwardInternal(
        ParameterStore store,
        NDList inputs,
        boolean training,
        ai.djl.util.PairList<String, Object> params) {
      NDArray words = inputs.get(0);
      return Embedding.embedding(
          words,
          store.getValue(table, words.getDevice(), training),
          ai.djl.ndarray.types.SparseFormat.DENSE);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
      return new Shape[] {inputs[0].add(4)};
    }
  }

  @Test
  void residualNetworkOfDjlBlocks() {
    assertCompiles(LayersTest::residualNetwork, 1, 3, 64, 64);
  }

  /** ResNet-18 (He et al. 2016) for ten classes. */
  static Block residualNetwork() {
    SequentialBlock net =
        new SequentialBlock()
            .add(
                Conv2d.builder()
                    .setFilters(16)
                    .setKernelShape(new Shape(7, 7))
                    .optStride(new Shape(2, 2))
                    .optPadding(new Shape(3, 3))
                    .optBias(false)
                    .build())
            .add(BatchNorm.builder().build())
            .add(Activation::relu)
            .add(Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1)));
    for (int width = 16; width <= 128; width *= 2) {
      net.add(residual(width, width == 16 ? 1 : 2)).add(residual(width, 1));
    }
    return net.add(Pool.globalAvgPool2dBlock()).add(Linear.builder().setUnits(10).build());
  }

  private static Block residual(int width, int stride) {
    SequentialBlock body =
        new SequentialBlock()
            .add(three(width, stride))
            .add(BatchNorm.builder().build())
            .add(Activation::relu)
            .add(three(width, 1))
            .add(BatchNorm.builder().build());
    SequentialBlock shortcut = new SequentialBlock();
    if (stride == 1) {
      shortcut.add(new LambdaBlock(x -> x));
    } else {
      shortcut
          .add(
              Conv2d.builder()
                  .setFilters(width)
                  .setKernelShape(new Shape(1, 1))
                  .optStride(new Shape(stride, stride))
                  .optBias(false)
                  .build())
          .add(BatchNorm.builder().build());
    }
    return new ParallelBlock(
        lists -> {
          NDList sum = lists.get(0);
          return new NDList(
              Activation.relu(sum.singletonOrThrow().add(lists.get(1).singletonOrThrow())));
        },
        List.of(body, shortcut));
  }

  private static Block three(int width, int stride) {
    return Conv2d.builder()
        .setFilters(width)
        .setKernelShape(new Shape(3, 3))
        .optStride(new Shape(stride, stride))
        .optPadding(new Shape(1, 1))
        .optBias(false)
        .build();
  }

  @Test
  void bertEncoderOfDjl() {
    // Without an attention mask, as DJL's encoder block runs on a single input.
    assertCompiles(() -> new TransformerEncoderBlock(32, 4, 64, 0.1f, Activation::gelu), 2, 6, 32);
  }

  @Test
  void attentionOfDjlWithMask() {
    NetworkSource source =
        Engines.source(
            () ->
                ScaledDotProductAttentionBlock.builder()
                    .setEmbeddingSize(16)
                    .setHeadCount(2)
                    .optAttentionProbsDropoutProb(0.1f)
                    .build(),
            1,
            List.of(NetworkInput.of("in0", 2, 5, 16)));
    Engines.assertAgree(source, Map.of("in0", Engines.random(5, 2, 5, 16)), 5e-6);
  }

  @Test
  void dropoutDoesNothingInARun() {
    assertCompiles(() -> Dropout.builder().optRate(0.5f).build(), 2, 3);
  }
}
