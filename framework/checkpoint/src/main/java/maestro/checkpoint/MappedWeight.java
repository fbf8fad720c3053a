package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** A tensor whose bytes stand in a mapped file exactly as an engine wants them. */
record MappedWeight(
    String name, DataType dataType, long[] shape, MappedFile mapped, long fileOffset)
    implements Weight {

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public ByteBuffer data() {
    return mapped.slice(fileOffset, Math.toIntExact(byteLength())).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public Path file() {
    return mapped.file();
  }
}
