package maestro.commands;

import java.util.Arrays;
import maestro.api.tensor.FloatTensor;

/** A tensor seen as a number of items of one shape. */
record Batch(FloatTensor tensor) {
  static Batch of(FloatTensor tensor) {
    return new Batch(tensor);
  }

  int size() {
    return tensor.axis(0);
  }

  /** Length of an axis of one item. */
  long axis(int index) {
    return tensor.shape()[index + 1];
  }

  float[] item(int index) {
    int length = tensor.values().length / size();
    return Arrays.copyOfRange(tensor.values(), index * length, (index + 1) * length);
  }

  /** Puts items together. */
  static final class Builder {
    private final int size;
    private float[] values;
    private long[] shape;
    private int added;

    Builder(int size) {
      this.size = size;
    }

    void add(float[] item, long... itemShape) {
      if (values == null) {
        values = new float[Math.multiplyExact(size, item.length)];
        shape = new long[itemShape.length + 1];
        shape[0] = size;
        System.arraycopy(itemShape, 0, shape, 1, itemShape.length);
      }
      System.arraycopy(item, 0, values, added++ * item.length, item.length);
    }

    FloatTensor tensor() {
      return new FloatTensor(shape, values);
    }
  }
}
