package maestro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import java.util.Arrays;

/**
 * A convolution of one or two dimensions; {@code weight} [out, in/groups, kernel…], {@code bias}
 * [out].
 */
public final class Convolution extends Layer {
  private final Parameter weight;
  private final Parameter bias;
  private final Shape stride;
  private final Shape padding;
  private final Shape dilation;
  private final int groups;

  private Convolution(
      long[] shape, long[] stride, long[] padding, long[] dilation, Initializer initializer) {
    this(shape, stride, padding, dilation, 1, initializer, initializer);
  }

  private Convolution(
      long[] shape,
      long[] stride,
      long[] padding,
      long[] dilation,
      int groups,
      Initializer weights,
      Initializer biases) {
    this.groups = groups;
    this.stride = new Shape(stride);
    this.padding = new Shape(padding);
    this.dilation = new Shape(dilation);
    weight = parameter("weight", weights, shape);
    bias = parameter("bias", biases, shape[0]);
  }

  /**
   * A convolution over a plane with a square kernel.
   *
   * @param kernel width and height
   * @param padding zeros on all four sides
   */
  public static Convolution plane(int in, int out, int kernel, int stride, int padding) {
    return rectangle(
        in,
        out,
        new long[] {kernel, kernel},
        new long[] {stride, stride},
        new long[] {padding, padding});
  }

  /** A 1×1 convolution over a plane. */
  public static Convolution pointwise(int in, int out) {
    return plane(in, out, 1, 1, 0);
  }

  /** A 1×1 convolution that starts as zero, as ControlNet's (Zhang et al. 2023). */
  public static Convolution zero(int in, int out) {
    long[] one = {1, 1};
    return new Convolution(
        new long[] {out, in, 1, 1}, one, new long[] {0, 0}, one, Initializer.ZEROS);
  }

  /** A convolution over a plane with its own kernel, stride and padding in each direction. */
  public static Convolution rectangle(
      int in, int out, long[] kernel, long[] stride, long[] padding) {
    return new Convolution(
        new long[] {out, in, kernel[0], kernel[1]},
        stride,
        padding,
        new long[] {1, 1},
        Initial.fanIn(in * kernel[0] * kernel[1]));
  }

  /** The same, with first values that let a signal through to the other side of a SiLU. */
  public static Convolution beforeSilu(
      int in, int out, long[] kernel, long[] stride, long[] padding) {
    long fanIn = in * kernel[0] * kernel[1];
    return new Convolution(
        new long[] {out, in, kernel[0], kernel[1]},
        stride,
        padding,
        new long[] {1, 1},
        1,
        Initial.beforeSilu(fanIn),
        Initial.fanIn(fanIn));
  }

  /** A rectangle that starts as zero. */
  public static Convolution zeroRectangle(
      int in, int out, long[] kernel, long[] stride, long[] padding) {
    return new Convolution(
        new long[] {out, in, kernel[0], kernel[1]},
        stride,
        padding,
        new long[] {1, 1},
        Initializer.ZEROS);
  }

  /**
   * A convolution over a line that keeps the length: odd kernel, padding dilation·(kernel − 1)/2.
   */
  public static Convolution line(int in, int out, int kernel, int dilation) {
    return new Convolution(
        new long[] {out, in, kernel},
        new long[] {1},
        new long[] {(long) dilation * (kernel - 1) / 2},
        new long[] {dilation},
        Initial.fanIn((long) in * kernel));
  }

  /**
   * A convolution over a line that takes every {@code stride}-th place, padded by half the kernel:
   * length L becomes ⌈L / stride⌉. Channels are cut into groups, each of which sees its own inputs
   * only.
   *
   * @param kernel odd
   * @param groups divides {@code in} and {@code out}
   * @throws IllegalArgumentException if it does not, or the kernel is even
   */
  public static Convolution stridedLine(int in, int out, int kernel, int stride, int groups) {
    if (kernel % 2 == 0 || groups < 1 || in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "illegal convolution: kernel "
              + kernel
              + " must be odd, and "
              + in
              + " and "
              + out
              + " channels must divide into "
              + groups
              + " groups");
    }
    Initializer initializer = Initial.fanIn((long) in / groups * kernel);
    return new Convolution(
        new long[] {out, in / groups, kernel},
        new long[] {stride},
        new long[] {(kernel - 1) / 2},
        new long[] {1},
        groups,
        initializer,
        initializer);
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray kernel = value(store, weight, x, training);
    NDArray shift = value(store, bias, x, training);
    return x.getNDArrayInternal()
        .convolution(x, kernel, shift, stride, padding, dilation, groups)
        .singletonOrThrow();
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    long[] shape = inputShapes[0].getShape().clone();
    long[] kernel = Arrays.copyOfRange(weight.getShape().getShape(), 2, shape.length);
    shape[1] = weight.getShape().get(0);
    for (int i = 0; i < kernel.length; i++) {
      shape[i + 2] =
          (shape[i + 2] + 2 * padding.get(i) - dilation.get(i) * (kernel[i] - 1) - 1)
                  / stride.get(i)
              + 1;
    }
    return new Shape[] {new Shape(shape)};
  }
}
