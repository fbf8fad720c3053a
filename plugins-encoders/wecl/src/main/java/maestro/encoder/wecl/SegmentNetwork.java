package maestro.encoder.wecl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import maestro.networks.BatchNorm;
import maestro.networks.Residual;
import maestro.networks.Stage;
import maestro.networks.UnbiasedConvolution;
import maestro.tensor.nn.Layer;

/**
 * The visual trunk of CTEN, a 3D ResNet-101: segments [B, 3, 16, 112, 112] of values 0 … 255 to [B,
 * 2048].
 *
 * <p>The pixels become x/255 − 100/255. Names are those of a sequential module: {@code resnet.0}
 * and {@code resnet.1} the stem, {@code resnet.4} … {@code resnet.7} the stages. Source:
 * nku-zhichengzhang/CTEN, models/resnet.py.
 */
final class SegmentNetwork extends Layer {
  /** Width of a segment's feature. */
  static final int WIDTH = 2048;

  private static final float SCALE = 255;
  private static final float MEAN = 100f / 255;
  private static final int STEM = 64;
  private static final int[] BLOCKS = {3, 4, 23, 3};

  private final Layer convolution =
      child(
          "resnet.0",
          new UnbiasedConvolution(
              3, STEM, new long[] {7, 7, 7}, new long[] {1, 2, 2}, new long[] {3, 3, 3}));
  private final Layer norm = child("resnet.1", new BatchNorm(STEM));
  private final Layer[] stages = new Layer[BLOCKS.length];

  SegmentNetwork() {
    int in = STEM;
    for (int i = 0; i < stages.length; i++) {
      int width = STEM << i;
      stages[i] =
          child("resnet." + (i + 4), Stage.bottlenecks(3, BLOCKS[i], in, width, i == 0 ? 1 : 2));
      in = width * Residual.EXPANSION;
    }
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray segments, boolean training) {
    return scoped(
        () -> {
          NDArray x = segments.div(SCALE).sub(MEAN);
          x = norm.apply(store, convolution.apply(store, x, training), training);
          x =
              Pool.maxPool3d(
                  Activation.relu(x),
                  new Shape(3, 3, 3),
                  new Shape(2, 2, 2),
                  new Shape(1, 1, 1),
                  false);
          for (Layer stage : stages) {
            x = stage.apply(store, x, training);
          }
          return Pool.globalAvgPool3d(x).reshape(-1, WIDTH);
        });
  }
}
