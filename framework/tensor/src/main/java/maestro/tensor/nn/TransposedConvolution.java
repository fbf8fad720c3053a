package maestro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;

/**
 * A transposed convolution over a line; {@code weight} [in, out, kernel], {@code bias} [out].
 *
 * <p>DJL's PyTorch engine has none. It is computed by phases, as sub-pixel convolution does (Shi et
 * al. 2016): output sample q·stride + r takes only the taps r, r + stride, r + 2·stride, … of the
 * kernel, so one ordinary convolution with out·stride channels makes all phases, and interleaving
 * them makes the line. It needs no more multiplications than the transposed form, but for a kernel
 * that is not a multiple of the stride.
 */
public final class TransposedConvolution extends Layer {
  private static final Shape ONE = new Shape(1);

  private final Parameter weight;
  private final Parameter bias;
  private final int inputs;
  private final int outputs;
  private final int kernel;
  private final int stride;
  private final int padding;

  /**
   * A layer.
   *
   * @param padding how many samples are cut off at either end
   */
  public TransposedConvolution(int inputs, int outputs, int kernel, int stride, int padding) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.kernel = kernel;
    this.stride = stride;
    this.padding = padding;
    weight = parameter("weight", Initial.fanIn((long) outputs * kernel), inputs, outputs, kernel);
    bias = parameter("bias", Initial.fanIn((long) outputs * kernel), outputs);
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return scoped(
        () -> {
          int taps = (kernel + stride - 1) / stride;
          NDArray phases = byPhases(value(store, weight, x, training), taps);
          NDArray shift = value(store, bias, x, training);
          NDList shifts = new NDList();
          for (int phase = 0; phase < stride; phase++) {
            shifts.add(shift);
          }
          // [B, stride·out, T + taps − 1]
          NDArray columns =
              x.getNDArrayInternal()
                  .convolution(x, phases, NDArrays.concat(shifts), ONE, new Shape(taps - 1), ONE, 1)
                  .singletonOrThrow();
          long batch = x.getShape().get(0);
          long length = columns.getShape().get(2);
          NDArray line =
              columns
                  .reshape(batch, stride, outputs, length)
                  .transpose(0, 2, 3, 1)
                  .reshape(batch, outputs, length * stride);
          return cut(line, padding, padding + outputLength(x.getShape().get(2)));
        });
  }

  private NDArray byPhases(NDArray w, int taps) {
    NDArray padded =
        taps * stride == kernel ? w : w.pad(new Shape(0, (long) taps * stride - kernel), 0);
    // Tap j of phase r stands at kernel place j·stride + r, and a convolution reads taps backwards.
    NDList forward = padded.reshape(inputs, outputs, taps, stride).split(taps, 2);
    NDList backward = new NDList(taps);
    for (int tap = taps - 1; tap >= 0; tap--) {
      backward.add(forward.get(tap));
    }
    return NDArrays.concat(backward, 2)
        .transpose(3, 1, 0, 2)
        .reshape((long) stride * outputs, inputs, taps);
  }

  private static NDArray cut(NDArray line, long from, long to) {
    long length = line.getShape().get(2);
    NDArray head = to < length ? line.split(new long[] {to}, 2).get(0) : line;
    return from > 0 ? head.split(new long[] {from}, 2).get(1) : head;
  }

  private long outputLength(long length) {
    return (length - 1) * stride - 2L * padding + kernel;
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape input = inputShapes[0];
    return new Shape[] {new Shape(input.get(0), outputs, outputLength(input.get(2)))};
  }
}
