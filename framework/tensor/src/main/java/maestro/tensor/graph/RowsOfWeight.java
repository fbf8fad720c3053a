package maestro.tensor.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import maestro.checkpoint.DataType;
import maestro.checkpoint.Weight;

/** Some rows of a weight, looked at where they are. */
public record RowsOfWeight(Weight whole, long from, long to) implements Weight {
  @Override
  public String name() {
    return whole.name() + " rows " + from + " to " + to;
  }

  @Override
  public DataType dataType() {
    return whole.dataType();
  }

  @Override
  public long[] shape() {
    long[] shape = whole.shape().clone();
    shape[0] = to - from;
    return shape;
  }

  private long rowBytes() {
    return whole.byteLength() / whole.shape()[0];
  }

  @Override
  public ByteBuffer data() {
    int start = Math.toIntExact(from * rowBytes());
    return whole.data().slice(start, Math.toIntExact(byteLength())).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public Path file() {
    return whole.file();
  }

  @Override
  public long fileOffset() {
    return whole.fileOffset() < 0 ? -1 : whole.fileOffset() + from * rowBytes();
  }
}
