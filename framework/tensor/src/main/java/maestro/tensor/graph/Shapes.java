package maestro.tensor.graph;

import java.util.Arrays;

/** Arithmetic of shapes and axes. */
public final class Shapes {
  private Shapes() {}

  /** An axis counted from the start. */
  public static int axis(int axis, int rank) {
    int positive = axis < 0 ? axis + rank : axis;
    if (positive < 0 || positive >= rank) {
      throw new IllegalArgumentException("axis " + axis + " of an array with " + rank + " axes");
    }
    return positive;
  }

  public static int[] axes(int[] axes, int rank) {
    return Arrays.stream(axes).map(axis -> axis(axis, rank)).toArray();
  }

  public static int[] range(int rank) {
    int[] range = new int[rank];
    Arrays.setAll(range, i -> i);
    return range;
  }

  public static long[] longs(int[] numbers) {
    return Arrays.stream(numbers).asLongStream().toArray();
  }

  /** Shape of an element-wise operation on two arrays (numpy's broadcasting). */
  public static long[] broadcast(long[] a, long[] b) {
    int rank = Math.max(a.length, b.length);
    long[] left = leadingOnes(a, rank);
    long[] right = leadingOnes(b, rank);
    for (int i = 0; i < rank; i++) {
      if (left[i] != right[i] && left[i] != 1 && right[i] != 1) {
        throw new IllegalArgumentException(
            "shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not go together");
      }
      left[i] = left[i] == 1 ? right[i] : left[i];
    }
    return left;
  }

  public static long[] leadingOnes(long[] shape, int rank) {
    long[] longer = new long[rank];
    Arrays.fill(longer, 1);
    System.arraycopy(shape, 0, longer, rank - shape.length, shape.length);
    return longer;
  }

  /** Without the axes, or with length 1 for each of them. */
  public static long[] reduced(long[] shape, int[] axes, boolean keep) {
    long[] marked = shape.clone();
    for (int axis : axes) {
      marked[axis] = keep ? 1 : -1;
    }
    return Arrays.stream(marked).filter(axis -> axis >= 0).toArray();
  }

  public static long[] permuted(long[] shape, int[] order) {
    if (order.length != shape.length) {
      throw new IllegalArgumentException(
          "transpose: order " + Arrays.toString(order) + " for shape " + Arrays.toString(shape));
    }
    return Arrays.stream(order).mapToLong(axis -> shape[axis]).toArray();
  }

  /** With the one −1 replaced by what makes the sizes equal. */
  public static long[] resolved(long[] shape, long size) {
    long[] full = shape.clone();
    int free = -1;
    long known = 1;
    for (int i = 0; i < full.length; i++) {
      if (full[i] == -1) {
        free = i;
      } else {
        known *= full[i];
      }
    }
    if (free >= 0) {
      full[free] = known == 0 ? 0 : size / known;
    }
    return full;
  }

  public static long[] flattened(long[] shape, int start, int end) {
    long[] flat = new long[shape.length - (end - start)];
    for (int i = 0, j = 0; i < shape.length; i++) {
      if (i > start && i <= end) {
        flat[j - 1] *= shape[i];
      } else {
        flat[j++] = shape[i];
      }
    }
    return flat;
  }

  /** With an axis of length 1 put in. */
  public static long[] expanded(long[] shape, int axis) {
    long[] expanded = new long[shape.length + 1];
    for (int i = 0; i < expanded.length; i++) {
      expanded[i] = i == axis ? 1 : shape[i < axis ? i : i - 1];
    }
    return expanded;
  }

  /** With an axis replaced by several. */
  public static long[] replaced(long[] shape, int axis, long[] by) {
    long[] result = new long[shape.length - 1 + by.length];
    System.arraycopy(shape, 0, result, 0, axis);
    System.arraycopy(by, 0, result, axis, by.length);
    System.arraycopy(shape, axis + 1, result, axis + by.length, shape.length - axis - 1);
    return result;
  }

  /** Shape of a matrix product, with numpy's rules for vectors and leading axes. */
  public static long[] product(long[] a, long[] b) {
    long[] left = a.length == 1 ? new long[] {1, a[0]} : a;
    long[] right = b.length == 1 ? new long[] {b[0], 1} : b;
    if (left[left.length - 1] != right[right.length - 2]) {
      throw new IllegalArgumentException(
          "matrix product of " + Arrays.toString(a) + " and " + Arrays.toString(b));
    }
    long[] lead =
        broadcast(Arrays.copyOf(left, left.length - 2), Arrays.copyOf(right, right.length - 2));
    long[] shape =
        Arrays.copyOf(lead, lead.length + (a.length == 1 ? 0 : 1) + (b.length == 1 ? 0 : 1));
    int at = lead.length;
    if (a.length > 1) {
      shape[at++] = left[left.length - 2];
    }
    if (b.length > 1) {
      shape[at] = right[right.length - 1];
    }
    return shape;
  }

  /** Length of one axis after a window of a convolution or pooling went over it. */
  public static long windowed(
      long length, long kernel, long stride, long padding, long dilation, boolean ceil) {
    long room = length + 2 * padding - dilation * (kernel - 1) - 1;
    if (room < 0) {
      throw new IllegalArgumentException(
          "window of " + kernel + " on " + length + " values with padding " + padding);
    }
    if (!ceil) {
      return room / stride + 1;
    }
    long count = (room + stride - 1) / stride + 1;
    // The last window must start inside the input or the padding before it, as in PyTorch.
    return (count - 1) * stride >= length + padding ? count - 1 : count;
  }
}
