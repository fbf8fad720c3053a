package maestro.api.node;

/**
 * A typed place where values come into a node or leave it.
 *
 * @param name unique among the node's inputs, or among its outputs
 * @param kind what flows through it
 * @param extent how much one value is about; what comes from a port of another extent is cut or
 *     joined on the way
 * @param arity how many nodes may be wired to it; of an output always ONE
 */
public record Port(String name, Kind<?> kind, Extent extent, Arity arity) {
  /** How many nodes may be wired to an input. */
  public enum Arity {
    /** Exactly one. */
    ONE,
    /** One or none. */
    OPTIONAL,
    /** All that give the kind, at least one. */
    SOME,
    /** All that give the kind, possibly none. */
    ANY;

    /** Whether several nodes may be wired to the port. */
    public boolean many() {
      return this == SOME || this == ANY;
    }

    /** Whether the port may stay empty. */
    public boolean mayBeEmpty() {
      return this == OPTIONAL || this == ANY;
    }
  }

  /** A port named as its kind that takes or gives exactly one value. */
  public static Port of(Kind<?> kind, Extent extent) {
    return new Port(kind.name(), kind, extent, Arity.ONE);
  }

  /** An input named as its kind. */
  public static Port of(Kind<?> kind, Extent extent, Arity arity) {
    return new Port(kind.name(), kind, extent, arity);
  }
}
