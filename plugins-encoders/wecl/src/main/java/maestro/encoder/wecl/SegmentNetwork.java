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
 * 2048], or a narrower one.
 *
 * <p>The pixels become x/255 − 100/255. Names are those of a sequential module: {@code resnet.0}
 * and {@code resnet.1} the stem, {@code resnet.4} … {@code resnet.7} the stages. Source:
 * nku-zhichengzhang/CTEN, models/resnet.py.
 */
final class SegmentNetwork extends Layer {
  private static final float SCALE = 255;
  private static final float MEAN = 100f / 255;

  /** Channels after the first convolution, as published. */
  static final int STEM = 64;

  private static final int[] BLOCKS = {3, 4, 23, 3};

  private final int width;
  private final Layer convolution;
  private final Layer norm;
  private final Layer[] stages = new Layer[BLOCKS.length];

  SegmentNetwork() {
    this(STEM);
  }

  /**
   * A trunk of another width.
   *
   * @param stem channels after the first convolution; all others follow
   */
  SegmentNetwork(int stem) {
    width = width(stem);
    convolution =
        child(
            "resnet.0",
            new UnbiasedConvolution(
                3, stem, new long[] {7, 7, 7}, new long[] {1, 2, 2}, new long[] {3, 3, 3}));
    norm = child("resnet.1", new BatchNorm(stem));
    int in = stem;
    for (int i = 0; i < stages.length; i++) {
      int middle = stem << i;
      stages[i] =
          child("resnet." + (i + 4), Stage.bottlenecks(3, BLOCKS[i], in, middle, i == 0 ? 1 : 2));
      in = middle * Residual.EXPANSION;
    }
  }

  /** Width of a segment's feature that goes with a stem. */
  static int width(int stem) {
    return (stem << BLOCKS.length - 1) * Residual.EXPANSION;
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
          return Pool.globalAvgPool3d(x).reshape(-1, width);
        });
  }
}
