package maestro.api.tensor;

import java.util.Arrays;

/**
 * A dense row-major float tensor. The array is not copied: whoever makes a tensor gives the array
 * away.
 *
 * @param shape length of each axis, outermost first; empty for a scalar
 * @param values the numbers, last axis running fastest
 */
public record FloatTensor(long[] shape, float[] values) {
  /** Checks that the shape holds exactly the values. */
  public FloatTensor {
    long size = 1;
    for (long axis : shape) {
      if (axis < 0) {
        throw new IllegalArgumentException(
            "tensor: negative axis in shape " + Arrays.toString(shape));
      }
      size = Math.multiplyExact(size, axis);
    }
    if (size != values.length) {
      throw new IllegalArgumentException(
          "tensor: shape "
              + Arrays.toString(shape)
              + " holds "
              + size
              + " values, got "
              + values.length);
    }
  }

  /** A tensor of the given values and shape. */
  public static FloatTensor of(float[] values, long... shape) {
    return new FloatTensor(shape, values);
  }

  /** Length of one axis. */
  public int axis(int index) {
    return Math.toIntExact(shape[index]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FloatTensor that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "FloatTensor" + Arrays.toString(shape);
  }
}
