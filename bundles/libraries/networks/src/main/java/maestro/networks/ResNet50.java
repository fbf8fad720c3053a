package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import maestro.tensor.nn.Layer;

/**
 * torchvision's ResNet-50 up to the pooled feature: [B, 3, H, W] to [B, 2048], or a narrower one.
 *
 * <p>7×7 convolution with stride 2, 3×3 maximum with stride 2, stages of 3, 4, 6 and 3 bottlenecks
 * with the stride on the 3×3 convolution, mean over the picture. Names {@code conv1}, {@code bn1},
 * {@code layer1} … {@code layer4}.
 */
public final class ResNet50 extends Layer {
  /** Channels after the first convolution, as published. */
  public static final int STEM = 64;

  private static final int[] BLOCKS = {3, 4, 6, 3};

  private final int width;
  private final Layer convolution;
  private final Layer norm;
  private final Layer[] stages = new Layer[BLOCKS.length];

  /**
   * A network with fresh parameters.
   *
   * @param stem channels after the first convolution; all others follow
   */
  public ResNet50(int stem) {
    convolution = child("conv1", UnbiasedConvolution.cube(2, 3, stem, 7, 2));
    norm = child("bn1", new BatchNorm(stem));
    this.width = width(stem);
    int in = stem;
    for (int i = 0; i < stages.length; i++) {
      int middle = stem << i;
      stages[i] =
          child("layer" + (i + 1), Stage.bottlenecks(2, BLOCKS[i], in, middle, i == 0 ? 1 : 2));
      in = middle * Residual.EXPANSION;
    }
  }

  /** Width of the feature that goes with a stem. */
  public static int width(int stem) {
    return (stem << BLOCKS.length - 1) * Residual.EXPANSION;
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray picture, boolean training) {
    return scoped(
        () -> {
          NDArray x = norm.apply(store, convolution.apply(store, picture, training), training);
          x =
              Pool.maxPool2d(
                  Activation.relu(x), new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false);
          for (Layer stage : stages) {
            x = stage.apply(store, x, training);
          }
          return Pool.globalAvgPool2d(x).reshape(-1, width);
        });
  }
}
