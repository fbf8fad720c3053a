package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import maestro.tensor.nn.Layer;

/**
 * A residual block (He et al. 2016) in two or three dimensions: relu(body(x) + shortcut(x)), with
 * torchvision's names {@code conv1}, {@code bn1}, … and, where the shape changes, {@code
 * downsample}.
 */
public final class Residual extends Layer {
  /** How many times wider a bottleneck's output is than its middle. */
  public static final int EXPANSION = 4;

  private final Layer[] convolutions;
  private final Layer[] norms;
  private final Layer projection;
  private final Layer projectionNorm;

  private Residual(int dimensions, int[] widths, int[] kernels, int strided, int stride) {
    int last = widths.length - 1;
    convolutions = new Layer[last];
    norms = new Layer[last];
    for (int i = 0; i < last; i++) {
      convolutions[i] =
          child(
              "conv" + (i + 1),
              UnbiasedConvolution.cube(
                  dimensions, widths[i], widths[i + 1], kernels[i], i == strided ? stride : 1));
      norms[i] = child("bn" + (i + 1), new BatchNorm(widths[i + 1]));
    }
    if (stride == 1 && widths[0] == widths[last]) {
      projection = null;
      projectionNorm = null;
    } else {
      projection =
          child(
              "downsample.0",
              UnbiasedConvolution.cube(dimensions, widths[0], widths[last], 1, stride));
      projectionNorm = child("downsample.1", new BatchNorm(widths[last]));
    }
  }

  /**
   * 1×1, 3×3 with the stride, 1×1 to four times the width.
   *
   * @param dimensions 2 or 3
   * @param in channels of the input
   * @param width channels in the middle
   */
  public static Residual bottleneck(int dimensions, int in, int width, int stride) {
    return new Residual(
        dimensions,
        new int[] {in, width, width, width * EXPANSION},
        new int[] {1, 3, 1},
        1,
        stride);
  }

  /** Two 3×3 convolutions over a plane, the first with the stride. */
  public static Residual basic(int in, int width, int stride) {
    return new Residual(2, new int[] {in, width, width}, new int[] {3, 3}, 0, stride);
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return scoped(
        () -> {
          NDArray y = x;
          for (int i = 0; i < convolutions.length; i++) {
            y = i == 0 ? y : Activation.relu(y);
            y = norms[i].apply(store, convolutions[i].apply(store, y, training), training);
          }
          return Activation.relu(y.add(shortcut(store, x, training)));
        });
  }

  private NDArray shortcut(ParameterStore store, NDArray x, boolean training) {
    return projection == null
        ? x
        : projectionNorm.apply(store, projection.apply(store, x, training), training);
  }
}
