package maestro.tensor.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexNull;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.index.dim.NDIndexTake;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads an {@link NDIndex} as a slice of every axis, followed by a new shape, or as one array of
 * indices.
 */
public final class Indexing {
  /**
   * What an index asks for.
   *
   * @param start first element of each axis
   * @param end one past the last
   * @param step distance
   * @param slicedShape shape after slicing
   * @param shape final shape, fixed axes gone and new ones put in
   * @param sliced whether the slices leave anything out
   * @param indices an array of indices along one axis, everything else being whole; or null
   * @param indexAxis that axis
   */
  public record Found(
      long[] start,
      long[] end,
      long[] step,
      long[] slicedShape,
      long[] shape,
      boolean sliced,
      NDArray indices,
      int indexAxis) {}

  private Indexing() {}

  public static Found resolve(NDIndex index, long[] shape) {
    List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
    long used = elements.stream().filter(element -> !(element instanceof NDIndexNull)).count();
    if (used > shape.length) {
      throw new IllegalArgumentException(
          "an index of " + used + " axes for shape " + Arrays.toString(shape));
    }
    int rest = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
    for (long i = used; i < shape.length; i++) {
      elements.add(rest, new NDIndexAll());
    }
    long[] start = new long[shape.length];
    long[] end = shape.clone();
    long[] step = new long[shape.length];
    Arrays.fill(step, 1);
    long[] sliced = shape.clone();
    List<Long> result = new ArrayList<>();
    NDArray indices = null;
    int indexAxis = -1;
    int axis = 0;
    for (NDIndexElement element : elements) {
      if (element instanceof NDIndexNull) {
        result.add(1L);
        continue;
      }
      if (element instanceof NDIndexFixed fixed) {
        start[axis] = fixed.getIndex() < 0 ? fixed.getIndex() + shape[axis] : fixed.getIndex();
        end[axis] = start[axis] + 1;
        sliced[axis] = 1;
        if (start[axis] < 0 || start[axis] >= shape[axis]) {
          throw new IllegalArgumentException(
              "index " + fixed.getIndex() + " of an axis of length " + shape[axis]);
        }
      } else if (element instanceof NDIndexSlice slice) {
        step[axis] = slice.getStep() == null ? 1 : slice.getStep();
        if (step[axis] < 1) {
          throw new Refusal("a slice with step " + step[axis]);
        }
        start[axis] = bound(slice.getMin(), 0, shape[axis]);
        end[axis] = Math.max(start[axis], bound(slice.getMax(), shape[axis], shape[axis]));
        sliced[axis] = (end[axis] - start[axis] + step[axis] - 1) / step[axis];
        result.add(sliced[axis]);
      } else if (element instanceof NDIndexTake take && indices == null) {
        indices = take.getIndex();
        indexAxis = axis;
        result.add(shape[axis]);
      } else if (element instanceof NDIndexAll) {
        result.add(shape[axis]);
      } else {
        throw new Refusal(
            "an index of kind " + element.getClass().getSimpleName().replace("NDIndex", ""));
      }
      axis++;
    }
    long[] whole = result.stream().mapToLong(Long::longValue).toArray();
    boolean slices = !Arrays.equals(sliced, shape);
    if (indices != null && (slices || !Arrays.equals(whole, shape))) {
      throw new Refusal("an array of indices together with other indices");
    }
    return new Found(start, end, step, sliced, whole, slices, indices, indexAxis);
  }

  private static long bound(Long bound, long fallback, long length) {
    if (bound == null) {
      return fallback;
    }
    return Math.min(length, Math.max(0, bound < 0 ? bound + length : bound));
  }
}
