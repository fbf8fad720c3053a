package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Consecutive numbers of another weight under a name and a shape of their own; nothing is copied.
 */
record WeightView(String name, long[] shape, long firstElement, Weight weight) implements Weight {
  WeightView {
    if (weight instanceof WeightView inner) {
      firstElement += inner.firstElement;
      weight = inner.weight;
    }
    if (firstElement < 0 || firstElement + Weight.elements(shape) > weight.elements()) {
      throw new IllegalArgumentException(
          "tensor "
              + weight.name()
              + " of shape "
              + Weight.shapeText(weight.shape())
              + " holds no "
              + Weight.shapeText(shape)
              + " from number "
              + firstElement);
    }
  }

  @Override
  public DataType dataType() {
    return weight.dataType();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public ByteBuffer data() {
    int start = Math.toIntExact(firstElement * dataType().bytes());
    return weight.data().slice(start, Math.toIntExact(byteLength())).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public Path file() {
    return weight.file();
  }

  @Override
  public long fileOffset() {
    return weight.file() == null ? -1 : weight.fileOffset() + firstElement * dataType().bytes();
  }
}
