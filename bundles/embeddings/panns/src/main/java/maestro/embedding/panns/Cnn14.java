package maestro.embedding.panns;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import maestro.networks.BatchNorm;
import maestro.networks.UnbiasedConvolution;
import maestro.tensor.nn.Layer;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * Cnn14 of PANNs (Kong et al. 2020): log-mel [B, 1, T, 64] to a feature [B, 2048] and logits of
 * AudioSet's 527 classes, under the names of qiuqiangkong/audioset_tagging_cnn.
 *
 * <p>Normalisation of each band; six blocks of two 3×3 convolutions with normalisation and
 * rectifier, halved by 2×2 means after all but the last; mean over bands, maximum plus mean over
 * time; a linear layer with rectifier, which is the feature, and one to the classes.
 */
final class Cnn14 extends NamedBlock {
  /** Bands of a frame. */
  static final int BANDS = 64;

  /** Width of the feature. */
  static final int WIDTH = 2048;

  /** Classes of AudioSet. */
  static final int CLASSES = 527;

  /** Outputs, in order: [B, 2048], [B, 527]. */
  static final List<String> OUTPUTS = List.of("feature", "logits");

  /** Frames that are halved five times without vanishing. */
  static final int LEAST_FRAMES = 32;

  private static final int[] CHANNELS = {1, 64, 128, 256, 512, 1024, 2048};

  private final BatchNorm bands = child("bn0", new BatchNorm(BANDS));
  private final List<Block> blocks = new ArrayList<>();
  private final Linear hidden;
  private final Linear classes;

  /** Builds the network without arrays. */
  Cnn14() {
    for (int i = 1; i < CHANNELS.length; i++) {
      blocks.add(child("conv_block" + i, new Block(CHANNELS[i - 1], CHANNELS[i])));
    }
    hidden = child("fc1", new Linear(WIDTH, WIDTH));
    classes = child("fc_audioset", new Linear(WIDTH, CLASSES));
  }

  /** Twice convolution, normalisation, rectifier. */
  private static final class Block extends Layer {
    private final UnbiasedConvolution first;
    private final UnbiasedConvolution second;
    private final BatchNorm firstNorm;
    private final BatchNorm secondNorm;

    Block(int in, int out) {
      first = child("conv1", UnbiasedConvolution.cube(2, in, out, 3, 1));
      second = child("conv2", UnbiasedConvolution.cube(2, out, out, 3, 1));
      firstNorm = child("bn1", new BatchNorm(out));
      secondNorm = child("bn2", new BatchNorm(out));
    }

    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
      return scoped(
          () -> {
            NDArray h =
                Activation.relu(firstNorm.apply(store, first.apply(store, x, training), training));
            return Activation.relu(
                secondNorm.apply(store, second.apply(store, h, training), training));
          });
    }
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    Shape two = new Shape(2, 2);
    // The normalisation wants the bands where channels are.
    NDArray x = inputs.singletonOrThrow().transpose(0, 3, 2, 1);
    x = bands.apply(store, x, training).transpose(0, 3, 2, 1);
    for (int i = 0; i < blocks.size(); i++) {
      x = blocks.get(i).apply(store, x, training);
      if (i < blocks.size() - 1) {
        x = Pool.avgPool2d(x, two, two, new Shape(0, 0), false, true);
      }
    }
    NDArray overBands = x.mean(new int[] {3});
    NDArray pooled = overBands.max(new int[] {2}).add(overBands.mean(new int[] {2}));
    NDArray feature = Activation.relu(hidden.apply(store, pooled, training));
    return new NDList(feature, classes.apply(store, feature, training));
  }
}
