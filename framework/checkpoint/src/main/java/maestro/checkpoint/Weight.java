package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import maestro.api.tensor.FloatTensor;

/**
 * One stored tensor, dense and row-major.
 *
 * <p>What a checkpoint gives out is backed by the memory-mapped file: {@link #data()} copies
 * nothing, and an engine may keep the buffer for as long as it holds a reference to it, also after
 * the checkpoint is closed.
 */
public interface Weight {
  /** Name under which the file, or a name map on top of it, knows the tensor. */
  String name();

  /** Type of the stored numbers. */
  DataType dataType();

  /** Length of each axis, outermost first; empty for a scalar. */
  long[] shape();

  /**
   * The numbers as they are stored: direct, read-only, little-endian, from position 0 to the limit.
   */
  ByteBuffer data();

  /**
   * The file the bytes lie in as they are, or null when they were computed (folded, transposed,
   * converted).
   */
  Path file();

  /** Where in {@link #file()} the first number stands, in bytes; −1 when there is no file. */
  long fileOffset();

  /** How many numbers the tensor has. */
  default long elements() {
    return elements(shape());
  }

  /** Bytes the stored numbers take. */
  default long byteLength() {
    return elements() * dataType().bytes();
  }

  /** A copy of the numbers as floats, whatever the stored type. */
  default float[] toFloats() {
    ByteBuffer data = data();
    float[] floats = new float[Math.toIntExact(elements())];
    if (dataType() == DataType.F32) {
      FloatBuffer view = data.asFloatBuffer();
      view.get(floats);
    } else {
      int bytes = dataType().bytes();
      for (int i = 0; i < floats.length; i++) {
        floats[i] = dataType().floatAt(data, i * bytes);
      }
    }
    return floats;
  }

  /** A copy as a float tensor of the same shape. */
  default FloatTensor toTensor() {
    return new FloatTensor(shape().clone(), toFloats());
  }

  /** The same bytes under another name. */
  default Weight named(String name) {
    return new WeightView(name, shape(), 0, this);
  }

  /** The same bytes under another shape of as many numbers. */
  default Weight reshaped(long... shape) {
    if (elements(shape) != elements()) {
      throw new IllegalArgumentException(
          "tensor " + name() + ": " + shapeText(shape()) + " cannot become " + shapeText(shape));
    }
    return new WeightView(name(), shape.clone(), 0, this);
  }

  /** The rows from one index of the first axis to before another; the same bytes. */
  default Weight rows(long from, long to) {
    long[] shape = shape();
    long row = shape[0] == 0 ? 0 : elements() / shape[0];
    shape[0] = to - from;
    return new WeightView(name(), shape, from * row, this);
  }

  /** The two-dimensional weight with its axes exchanged, copied when it is asked for. */
  default Weight transposed() {
    long[] shape = shape();
    if (shape.length != 2) {
      throw new IllegalArgumentException(
          "tensor " + name() + ": " + shapeText(shape) + " is no matrix");
    }
    StridedView view =
        new StridedView(0, new long[] {shape[1], shape[0]}, new long[] {1, shape[1]});
    return new ComputedWeight(
        name(), dataType(), view.shape(), () -> view.gather(data(), dataType().bytes()));
  }

  /** The same numbers in single precision; itself when they are. */
  default Weight toSingle() {
    return dataType() == DataType.F32
        ? this
        : ComputedWeight.floats(name(), shape(), this::toFloats);
  }

  /** The numbers rounded to half precision, to even on a tie; itself when they are. */
  default Weight toHalf() {
    return dataType() == DataType.F16
        ? this
        : new ComputedWeight(
            name(),
            DataType.F16,
            shape(),
            () -> {
              float[] floats = toFloats();
              ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(floats.length, 2));
              bytes.order(java.nio.ByteOrder.LITTLE_ENDIAN);
              for (int i = 0; i < floats.length; i++) {
                bytes.putShort(2 * i, DataType.floatToHalf(floats[i]));
              }
              return bytes;
            });
  }

  /** How many numbers a shape holds. */
  static long elements(long[] shape) {
    long size = 1;
    for (long axis : shape) {
      size = Math.multiplyExact(size, axis);
    }
    return size;
  }

  /**
   * A float tensor as a weight; the values are copied to native memory when they are first asked
   * for.
   */
  static Weight of(String name, FloatTensor tensor) {
    return ComputedWeight.floats(name, tensor.shape().clone(), tensor::values);
  }

  /**
   * A weight of floats that are made each time they are asked for, so that a large file can be
   * written from little memory.
   *
   * @param values gives exactly the numbers the shape holds, the same at every call
   */
  static Weight computed(String name, long[] shape, Supplier<float[]> values) {
    return ComputedWeight.floats(name, shape.clone(), values);
  }

  /** Shape as a person reads it, for instance {@code 128x8x3x3}. */
  static String shapeText(long[] shape) {
    return shape.length == 0
        ? "scalar"
        : Arrays.toString(shape).replace(", ", "x").replaceAll("[\\[\\]]", "");
  }
}
