package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A tensor made from others when it is asked for: folded, transposed, converted. The result is not
 * kept, so that writing a whole pack holds one tensor at a time.
 */
record ComputedWeight(String name, DataType dataType, long[] shape, Supplier<ByteBuffer> bytes)
    implements Weight {

  /** A weight of floats; the array must hold exactly what the shape says. */
  static Weight floats(String name, long[] shape, Supplier<float[]> values) {
    return new ComputedWeight(
        name,
        DataType.F32,
        shape,
        () -> {
          float[] floats = values.get();
          ByteBuffer buffer = ByteBuffer.allocateDirect(Math.multiplyExact(floats.length, 4));
          buffer.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(floats);
          return buffer;
        });
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public ByteBuffer data() {
    return bytes.get().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public Path file() {
    return null;
  }

  @Override
  public long fileOffset() {
    return -1;
  }
}
