package maestro.tensor.graph;

import ai.djl.ndarray.types.DataType;
import ai.djl.util.Float16Utils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import maestro.checkpoint.Weight;

/**
 * One tensor of a graph: an input, a weight, a constant or the output of a node. Its shape is
 * known.
 *
 * <p>Exactly one of {@code producer}, {@code weight} and {@code constant} is set, or none for an
 * input.
 */
public final class Value {
  /** A constant: one number repeated, or all numbers, little-endian. */
  public record Constant(Number fill, ByteBuffer data) {}

  private final String name;
  private final DataType type;
  private final long[] shape;
  private final Weight weight;
  private final Constant constant;
  private Node producer;

  private Value(String name, DataType type, long[] shape, Weight weight, Constant constant) {
    this.name = name;
    this.type = type;
    this.shape = shape.clone();
    this.weight = weight;
    this.constant = constant;
  }

  public static Value input(String name, DataType type, long[] shape) {
    return new Value(name, type, shape, null, null);
  }

  public static Value weight(String name, DataType type, Weight weight) {
    return new Value(name, type, weight.shape(), weight, null);
  }

  /** The same weight, its bytes untouched, in another shape. */
  public Value reshapedWeight(long... other) {
    return new Value(name + ' ' + Weight.shapeText(other), type, other, weight, null);
  }

  /** Some rows of a weight that stands in its own shape. */
  public Value rows(long from, long to) {
    RowsOfWeight part = new RowsOfWeight(weight, from, to);
    // By this value's name: weights of two files may share theirs.
    return new Value(name + " rows " + from + " to " + to, type, part.shape(), part, null);
  }

  /** The same constant or weight in another type. */
  public Value inType(DataType other) {
    if (constant == null || constant.fill() != null) {
      return new Value(name + ' ' + other, other, shape, weight, constant);
    }
    ByteBuffer from = constantBytes();
    ByteBuffer to =
        ByteBuffer.allocate((int) size() * other.getNumOfBytes()).order(ByteOrder.LITTLE_ENDIAN);
    while (from.hasRemaining()) {
      put(to, other, from.getFloat());
    }
    return new Value(name + ' ' + other, other, shape, null, new Constant(null, to.flip()));
  }

  public static Value constant(String name, DataType type, long[] shape, Constant constant) {
    return new Value(name, type, shape, null, constant);
  }

  public static Value output(String name, DataType type, long[] shape, Node producer) {
    Value value = new Value(name, type, shape, null, null);
    value.producer = producer;
    return value;
  }

  public String name() {
    return name;
  }

  public DataType type() {
    return type;
  }

  public long[] shape() {
    return shape.clone();
  }

  public int rank() {
    return shape.length;
  }

  /** Length of an axis, counted from the end when negative. */
  public long axis(int axis) {
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  public long size() {
    return Weight.elements(shape);
  }

  public Weight weight() {
    return weight;
  }

  public Constant constant() {
    return constant;
  }

  public Node producer() {
    return producer;
  }

  /** The numbers of a constant, little-endian. */
  public ByteBuffer constantBytes() {
    if (constant.data() != null) {
      return constant.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
    int count = Math.toIntExact(size());
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(count, type.getNumOfBytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      put(bytes, type, constant.fill());
    }
    return bytes.flip();
  }

  public static void put(ByteBuffer bytes, DataType type, Number number) {
    switch (type) {
      case FLOAT32 -> bytes.putFloat(number.floatValue());
      case FLOAT16 -> bytes.putShort(Float16Utils.floatToHalf(number.floatValue()));
      case FLOAT64 -> bytes.putDouble(number.doubleValue());
      case INT32 -> bytes.putInt(number.intValue());
      case INT64 -> bytes.putLong(number.longValue());
      case INT8, UINT8 -> bytes.put(number.byteValue());
      case BOOLEAN -> bytes.put((byte) (number.doubleValue() == 0 ? 0 : 1));
      default -> throw new Refusal("arrays of " + type);
    }
  }
}
