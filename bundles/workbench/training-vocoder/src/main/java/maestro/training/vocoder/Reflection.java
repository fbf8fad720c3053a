package maestro.training.vocoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;

/** Padding of lines by their mirror image, with a gradient. */
final class Reflection {
  private Reflection() {}

  /**
   * Mirrors a line at its first and last sample, neither repeated.
   *
   * @param line {@code [B, C, L]}, L above both paddings
   * @return {@code [B, C, before + L + after]}
   */
  static NDArray pad(NDArray line, int before, int after) {
    long length = line.getShape().get(2);
    NDList parts = new NDList();
    if (before > 0) {
      parts.add(part(line, 1, 1 + before).flip(2));
    }
    parts.add(line);
    if (after > 0) {
      parts.add(part(line, length - 1 - after, length - 1).flip(2));
    }
    return NDArrays.concat(parts, 2);
  }

  /** Samples {@code from} to before {@code to} of {@code [B, C, L]}. */
  static NDArray part(NDArray line, long from, long to) {
    return line.get(NDIndex.sliceAxis(2, from, to));
  }
}
