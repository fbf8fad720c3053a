package maestro.checkpoint;

import java.util.List;

/**
 * What a pickle can hold beside null, Boolean, Long, BigInteger, Double, String, byte[], List and
 * Map.
 */
sealed interface Pickled {
  /**
   * A class or function by name. It is only a name: whether applying it means anything is decided
   * by {@link PickleGlobals}.
   */
  record Global(String module, String name) implements Pickled {
    @Override
    public String toString() {
      return CheckpointException.quote(module + "." + name);
    }
  }

  /** Numbers of one type in an entry of the archive. */
  record Storage(String key, DataType dataType, long elements) implements Pickled {}

  /** A view of a storage; offset and strides count numbers. */
  record Tensor(Storage storage, long offset, long[] shape, long[] strides) implements Pickled {}

  /**
   * An object of a class that is not rebuilt: the name of the class and what the pickle would have
   * given it.
   */
  final class Inert implements Pickled {
    private final Global type;
    private Object state;

    Inert(Global type) {
      this.type = type;
    }

    Global type() {
      return type;
    }

    /** The attributes, a map, or null. */
    Object state() {
      return state;
    }

    void setState(Object state) {
      this.state = state;
    }
  }

  /** Compares by identity, so that nothing in an untrusted structure has to be hashed. */
  record Key(Object value) implements Pickled {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key that && that.value == value;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(value);
    }
  }

  /** A Python tuple; a list otherwise. */
  record Tuple(List<Object> items) implements Pickled {
    Object get(int index) {
      return items.get(index);
    }

    int size() {
      return items.size();
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
