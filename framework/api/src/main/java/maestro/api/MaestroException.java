package maestro.api;

import java.util.Objects;

/**
 * An error meant for a person: one sentence that names the part, the cause and the next step.
 *
 * <p>The message reads {@code part: cause; next step}, for instance {@code encoder.clip: no weights
 * in pack starter; run 'maestro packs fetch paper'}. The {@link Kind} decides the exit code of a
 * command.
 */
public class MaestroException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, in the coarse classes a script can react to. */
  public enum Kind {
    /** A fault of the program itself. */
    INTERNAL(1),
    /** A command line that makes no sense. */
    USAGE(2),
    /**
     * A file or value that cannot be accepted: missing, empty, truncated, hostile, of the wrong
     * type.
     */
    INPUT(3),
    /** A bundle, a setting, a pack or a weight file that is missing, unknown or in conflict. */
    CONFIGURATION(4),
    /** Disk, memory or a device ran out or failed. */
    RESOURCE(5),
    /** The user cancelled. */
    CANCELLED(130);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    /** The process exit code of a command that ends this way. */
    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;
  private final String part;
  private final String reason;
  private final String next;

  /**
   * An error without an underlying one.
   *
   * @param kind class of the error
   * @param part who speaks: a bundle, recipe, file or command by the name the user knows
   * @param cause what happened, without a capital or a full stop
   * @param next what the user can do now
   */
  public MaestroException(Kind kind, String part, String cause, String next) {
    this(kind, part, cause, next, null);
  }

  /** The same, keeping the underlying error for {@code --verbose}. */
  public MaestroException(Kind kind, String part, String cause, String next, Throwable underlying) {
    super(part + ": " + cause + "; " + next, underlying);
    this.kind = Objects.requireNonNull(kind);
    this.part = Objects.requireNonNull(part);
    this.reason = Objects.requireNonNull(cause);
    this.next = Objects.requireNonNull(next);
  }

  /** Class of the error. */
  public Kind kind() {
    return kind;
  }

  /** The part the error is about. */
  public String part() {
    return part;
  }

  /** What happened, without a capital or a full stop. */
  public String reason() {
    return reason;
  }

  /** What the user can do now. */
  public String next() {
    return next;
  }
}
