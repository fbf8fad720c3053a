package maestro.tensor.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A function of a long line, computed on overlapping pieces of it side by side. ONNX Runtime shares
 * the work of a convolution among threads by items of a batch and by 64 output channels, so a line
 * of few channels keeps one thread only.
 */
public final class Windows {
  private static final int COUNT = 8;

  /** How much longer than the reach to one side a piece must be to be worth it. */
  private static final int LEAST = 8;

  private Windows() {}

  /**
   * The function of the whole line, on pieces when it is being recorded for the processor; see
   * {@link maestro.tensor.nn.Functions#inWindows}.
   */
  public static NDArray over(NDArray line, long reach, UnaryOperator<NDArray> function) {
    return Recording.recorder(line, RecordedArray.class)
        .filter(array -> array.graph().target() == Target.CPU)
        .flatMap(array -> piecewise(line, reach, function))
        .orElseGet(() -> function.apply(line));
  }

  private static Optional<NDArray> piecewise(
      NDArray line, long reach, UnaryOperator<NDArray> function) {
    long batch = line.getShape().get(0);
    long length = line.getShape().get(2);
    long step = (length + COUNT - 1) / COUNT;
    long window = step + 2 * reach;
    if (step < LEAST * reach || window > length) {
      return Optional.empty();
    }
    // The first and the last window end where the line does, so that they see its true borders.
    long[] starts = new long[COUNT];
    NDList pieces = new NDList();
    for (int i = 0; i < COUNT; i++) {
      starts[i] = Math.max(0, Math.min(i * step - reach, length - window));
      pieces.add(line.get(new NDIndex(":, :, {}:{}", starts[i], starts[i] + window)));
    }
    NDArray results = function.apply(NDArrays.concat(pieces, 0));
    if (results.getShape().get(2) % window != 0) {
      return Optional.empty();
    }
    long scale = results.getShape().get(2) / window;
    NDList own = new NDList();
    for (int i = 0; i < COUNT; i++) {
      long from = (i * step - starts[i]) * scale;
      long to = (Math.min((i + 1) * step, length) - starts[i]) * scale;
      own.add(results.get(new NDIndex("{}:{}, :, {}:{}", i * batch, (i + 1) * batch, from, to)));
    }
    return Optional.of(NDArrays.concat(own, 2));
  }
}
