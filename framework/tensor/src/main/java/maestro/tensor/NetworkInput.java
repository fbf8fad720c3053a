package maestro.tensor;

import java.util.Objects;

/**
 * One input of a network.
 *
 * @param name name in the map that {@link Network#run} takes
 * @param shape length of each axis, −1 where any length goes; a network is compiled anew for each
 *     new set of lengths
 * @param type what the block receives
 */
public record NetworkInput(String name, long[] shape, Type type) {
  /** Type of the array a block receives; a caller passes floats in any case. */
  public enum Type {
    /** Single-precision numbers. */
    FLOAT,
    /** Whole numbers, as for an embedding; 64 bits. */
    INDEX
  }

  /** Checks the shape. */
  public NetworkInput {
    Objects.requireNonNull(name);
    Objects.requireNonNull(type);
    shape = shape.clone();
    for (long axis : shape) {
      if (axis < -1) {
        throw new IllegalArgumentException(
            "network input " + name + ": illegal axis length " + axis);
      }
    }
  }

  /** A float input of that shape. */
  public static NetworkInput of(String name, long... shape) {
    return new NetworkInput(name, shape, Type.FLOAT);
  }

  /** An input of whole numbers. */
  public static NetworkInput index(String name, long... shape) {
    return new NetworkInput(name, shape, Type.INDEX);
  }

  /** Whether a tensor of that shape can be passed. */
  public boolean fits(long[] other) {
    boolean fits = other.length == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] == -1 || shape[i] == other[i];
    }
    return fits;
  }

  /** True when no axis is free. */
  public boolean fixed() {
    for (long axis : shape) {
      if (axis < 0) {
        return false;
      }
    }
    return true;
  }
}
