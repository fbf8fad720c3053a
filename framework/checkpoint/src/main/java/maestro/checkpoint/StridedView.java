package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor as PyTorch lays it into a storage: first number, lengths and steps of the axes, all
 * counted in numbers.
 */
record StridedView(long offset, long[] shape, long[] strides, long elements) {

  /**
   * A view.
   *
   * @throws ArithmeticException when a length is negative, the axes do not match or the size
   *     overflows
   */
  StridedView(long offset, long[] shape, long[] strides) {
    this(offset, shape, strides, checkedElements(shape, strides));
  }

  private static long checkedElements(long[] shape, long[] strides) {
    if (shape.length != strides.length) {
      throw new ArithmeticException("axes");
    }
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] < 0 || strides[i] < 0) {
        throw new ArithmeticException("negative");
      }
    }
    return Weight.elements(shape);
  }

  /** Whether every number lies in a storage of that many. */
  boolean fits(long storageElements) {
    if (offset < 0) {
      return false;
    }
    if (elements == 0) {
      return true;
    }
    long last = offset;
    for (int i = 0; i < shape.length; i++) {
      last = Math.addExact(last, Math.multiplyExact(shape[i] - 1, strides[i]));
    }
    return last < storageElements;
  }

  /** Whether the numbers stand one after the other in row-major order. */
  boolean contiguous() {
    long expected = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != expected && elements > 0) {
        return false;
      }
      expected *= shape[i];
    }
    return true;
  }

  /** A row-major copy out of a storage. */
  ByteBuffer gather(ByteBuffer storage, int bytes) {
    ByteBuffer out =
        ByteBuffer.allocateDirect(Math.toIntExact(elements * bytes)).order(ByteOrder.LITTLE_ENDIAN);
    int[] index = new int[shape.length];
    long at = offset;
    for (long n = 0; n < elements; n++) {
      int from = Math.toIntExact(at * bytes);
      out.put(out.position(), storage, from, bytes).position(out.position() + bytes);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        at += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        at -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return out.flip();
  }
}
