package maestro.tensor.graph;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDResource;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.List;

/**
 * What DJL's {@link NDManager} does while a block is recorded: arrays made in Java become constants
 * of the graph.
 */
final class RecordedManager {
  private final Graph graph;
  private final NDManager proxy;

  RecordedManager(Graph graph) {
    this.graph = graph;
    this.proxy = Recording.proxy(NDManager.class, this);
  }

  Graph graph() {
    return graph;
  }

  NDManager proxy() {
    return proxy;
  }

  /** An array that stands for a value. */
  NDArray array(Value value) {
    return new RecordedArray(this, value).proxy();
  }

  // NDManager from here on.

  public NDArray create(Shape shape, DataType type) {
    return zeros(shape, type);
  }

  public NDArray create(Buffer data, Shape shape, DataType type) {
    int count = Math.toIntExact(shape.size());
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(count, type.getNumOfBytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (data instanceof ByteBuffer raw) {
      bytes.order(raw.order()).put(raw.duplicate());
      if (raw.order() != ByteOrder.LITTLE_ENDIAN && type.getNumOfBytes() > 1) {
        throw new Refusal("big-endian array data");
      }
    } else if (data instanceof FloatBuffer floats) {
      FloatBuffer source = floats.duplicate();
      for (int i = 0; i < count; i++) {
        Value.put(bytes, type, source.get());
      }
    } else if (data instanceof DoubleBuffer doubles) {
      DoubleBuffer source = doubles.duplicate();
      for (int i = 0; i < count; i++) {
        Value.put(bytes, type, source.get());
      }
    } else if (data instanceof IntBuffer ints) {
      IntBuffer source = ints.duplicate();
      for (int i = 0; i < count; i++) {
        Value.put(bytes, type, source.get());
      }
    } else if (data instanceof LongBuffer longs) {
      LongBuffer source = longs.duplicate();
      for (int i = 0; i < count; i++) {
        Value.put(bytes, type, source.get());
      }
    } else {
      throw new Refusal("array data in a " + data.getClass().getSimpleName());
    }
    return array(graph.constant(supported(type), bytes.flip(), shape.getShape()));
  }

  public NDArray from(NDArray array) {
    if (array == null || Recording.recorder(array, RecordedArray.class).isPresent()) {
      return array;
    }
    return create(array.toByteBuffer(), array.getShape(), array.getDataType());
  }

  public NDArray zeros(Shape shape, DataType type) {
    return full(shape, 0, type);
  }

  public NDArray ones(Shape shape, DataType type) {
    return full(shape, 1, type);
  }

  public NDArray full(Shape shape, float value, DataType type) {
    return array(graph.fill(supported(type), value, shape.getShape()));
  }

  public NDArray arange(float start, float stop, float step, DataType type) {
    int count = (int) Math.ceil((stop - start) / step);
    double[] numbers = new double[Math.max(count, 0)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = start + (double) i * step;
    }
    return create(DoubleBuffer.wrap(numbers), new Shape(numbers.length), type);
  }

  public NDArray linspace(float start, float stop, int count, boolean endpoint) {
    double[] numbers = new double[count];
    int divisions = endpoint ? count - 1 : count;
    for (int i = 0; i < count; i++) {
      numbers[i] = divisions == 0 ? start : start + (double) (stop - start) * i / divisions;
    }
    return create(DoubleBuffer.wrap(numbers), new Shape(count), DataType.FLOAT32);
  }

  public NDArray eye(int rows, int columns, int diagonal, DataType type) {
    double[] numbers = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      if (i + diagonal >= 0 && i + diagonal < columns) {
        numbers[i * columns + i + diagonal] = 1;
      }
    }
    return create(DoubleBuffer.wrap(numbers), new Shape(rows, columns), type);
  }

  // First values of parameters; the true ones come from the weights, so nothing is drawn.

  public NDArray randomUniform(float low, float high, Shape shape, DataType type) {
    return unset(shape, type);
  }

  public NDArray randomNormal(float mean, float deviation, Shape shape, DataType type) {
    return unset(shape, type);
  }

  public NDArray truncatedNormal(float mean, float deviation, Shape shape, DataType type) {
    return unset(shape, type);
  }

  private NDArray unset(Shape shape, DataType type) {
    return new RecordedArray(this, graph.fill(type, 0, shape.getShape()), "random numbers").proxy();
  }

  public ByteBuffer allocateDirect(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
  }

  public Device getDevice() {
    return Device.cpu();
  }

  public Device defaultDevice() {
    return Device.cpu();
  }

  public NDManager newSubManager() {
    return proxy;
  }

  public NDManager newSubManager(Device device) {
    return proxy;
  }

  public NDManager getParentManager() {
    return proxy;
  }

  public boolean isOpen() {
    return true;
  }

  public void cap() {
    // A recording frees nothing before its end.
  }

  public String getName() {
    return toString();
  }

  public void setName(String name) {
    // Names of managers serve debugging only.
  }

  public List<NDArray> getManagedArrays() {
    return List.of();
  }

  public void attachInternal(String id, AutoCloseable... resources) {
    // Recorded arrays own no memory.
  }

  public void attachUncappedInternal(String id, AutoCloseable resource) {
    // Recorded arrays own no memory.
  }

  public void tempAttachInternal(NDManager original, String id, NDResource resource) {
    // Recorded arrays own no memory.
  }

  public void detachInternal(String id) {
    // Recorded arrays own no memory.
  }

  public void close() {
    // A recording frees nothing before its end.
  }

  private static DataType supported(DataType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, INT32, INT64, INT8, UINT8, BOOLEAN -> type;
      default -> throw new Refusal("arrays of " + type);
    };
  }

  @Override
  public String toString() {
    return "recorded arrays";
  }
}
