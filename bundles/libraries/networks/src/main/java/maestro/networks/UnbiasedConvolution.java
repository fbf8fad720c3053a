package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import maestro.tensor.nn.Initial;
import maestro.tensor.nn.Layer;

/**
 * A convolution without a bias, over a plane or a volume; {@code weight} [out, in, kernel…].
 * Residual networks use it, since the normalisation that follows has a bias of its own.
 */
public final class UnbiasedConvolution extends Layer {
  private final Parameter weight;
  private final Shape stride;
  private final Shape padding;
  private final Shape dilation;

  /**
   * A convolution with its own kernel, stride and padding in each direction.
   *
   * @param kernel one length per dimension
   * @param stride one step per dimension
   * @param padding zeros on both sides, per dimension
   */
  public UnbiasedConvolution(int in, int out, long[] kernel, long[] stride, long[] padding) {
    long[] shape = new long[kernel.length + 2];
    shape[0] = out;
    shape[1] = in;
    System.arraycopy(kernel, 0, shape, 2, kernel.length);
    long fanIn = Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b);
    weight = parameter("weight", Initial.fanIn(fanIn), shape);
    this.stride = new Shape(stride);
    this.padding = new Shape(padding);
    this.dilation = new Shape(repeat(1, kernel.length));
  }

  /**
   * A convolution with the same kernel and stride in all directions, padded by half the kernel.
   *
   * @param dimensions 2 or 3
   */
  public static UnbiasedConvolution cube(int dimensions, int in, int out, int kernel, int stride) {
    return new UnbiasedConvolution(
        in,
        out,
        repeat(kernel, dimensions),
        repeat(stride, dimensions),
        repeat(kernel / 2, dimensions));
  }

  private static long[] repeat(long value, int count) {
    long[] values = new long[count];
    Arrays.fill(values, value);
    return values;
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return x.getNDArrayInternal()
        .convolution(x, value(store, weight, x, training), null, stride, padding, dilation, 1)
        .singletonOrThrow();
  }
}
