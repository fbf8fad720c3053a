package maestro.tensor.checkpoint;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The same bytes under another name. */
record RenamedWeight(String name, Weight weight) implements Weight {
  RenamedWeight {
    if (weight instanceof RenamedWeight inner) {
      weight = inner.weight;
    }
  }

  @Override
  public DataType dataType() {
    return weight.dataType();
  }

  @Override
  public long[] shape() {
    return weight.shape();
  }

  @Override
  public ByteBuffer data() {
    return weight.data();
  }

  @Override
  public Path file() {
    return weight.file();
  }

  @Override
  public long fileOffset() {
    return weight.fileOffset();
  }
}
