package maestro.tensor;

import maestro.api.MaestroException;

/** A block that does something the compiler has no graph operation for. */
public final class NotCompilableException extends MaestroException {
  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param network name of the network
   * @param what the operation, shape or data type that was met, by name
   */
  public NotCompilableException(String network, String what, Throwable underlying) {
    super(
        Kind.CONFIGURATION,
        network,
        "the block uses " + what + ", which cannot be compiled",
        "write it with a supported operation, or run it with --engine pytorch",
        underlying);
  }
}
