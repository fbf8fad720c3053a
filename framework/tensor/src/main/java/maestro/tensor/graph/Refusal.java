package maestro.tensor.graph;

/**
 * Raised while recording, when a block does something that has no place in a graph; names what it
 * was.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public Refusal(String what) {
    super(what);
  }
}
