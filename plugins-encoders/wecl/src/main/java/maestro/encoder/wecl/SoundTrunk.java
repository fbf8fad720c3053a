package maestro.encoder.wecl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import maestro.networks.BatchNorm;
import maestro.networks.Stage;
import maestro.networks.UnbiasedConvolution;
import maestro.tensor.nn.Layer;

/**
 * The sound trunk of CTEN, a ResNet-18 over filter banks: chunks [N, 1, 100, 128] to [N, 512].
 * Names are those of a sequential module: {@code 0} and {@code 1} the stem, {@code 4} … {@code 7}
 * the stages.
 */
final class SoundTrunk extends Layer {
  /** Width of a chunk's feature. */
  static final int WIDTH = 512;

  private static final int STEM = 64;
  private static final int STAGES = 4;

  private final Layer convolution =
      child(
          "0",
          new UnbiasedConvolution(
              1, STEM, new long[] {7, 1}, new long[] {2, 1}, new long[] {3, 0}));
  private final Layer norm = child("1", new BatchNorm(STEM));
  private final Layer[] stages = new Layer[STAGES];

  SoundTrunk() {
    int in = STEM;
    for (int i = 0; i < STAGES; i++) {
      stages[i] = child(Integer.toString(i + 4), Stage.basics(2, in, STEM << i, i == 0 ? 1 : 2));
      in = STEM << i;
    }
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray chunks, boolean training) {
    NDArray x = norm.apply(store, convolution.apply(store, chunks, training), training);
    x =
        Pool.maxPool2d(
            Activation.relu(x), new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false);
    for (Layer stage : stages) {
      x = stage.apply(store, x, training);
    }
    return Pool.globalAvgPool2d(x).reshape(-1, WIDTH);
  }
}
