package maestro.launcher;

import java.util.function.IntSupplier;

/**
 * A start that cannot go on, said in one sentence: part, cause, next step. As a number it is the
 * exit code of the command that was to run.
 */
public final class LaunchException extends RuntimeException implements IntSupplier {
  private static final long serialVersionUID = 1L;
  private static final int CONFIGURATION = 4;
  private static final int RESOURCE = 5;

  private final int exitCode;

  LaunchException(String part, String cause, String next) {
    this(part, cause, next, null);
  }

  LaunchException(String part, String cause, String next, Throwable underlying) {
    this(part + ": " + cause + "; " + next, underlying, CONFIGURATION);
  }

  private LaunchException(String sentence, Throwable underlying, int exitCode) {
    super(sentence, underlying);
    this.exitCode = exitCode;
  }

  /** Disk or memory that is not there. */
  static LaunchException resource(String part, String cause, String next, Throwable underlying) {
    return new LaunchException(part + ": " + cause + "; " + next, underlying, RESOURCE);
  }

  /** The same, thrown by the other copy of the launcher's classes. */
  static LaunchException like(Throwable elsewhere) {
    int code = elsewhere instanceof IntSupplier supplier ? supplier.getAsInt() : CONFIGURATION;
    return new LaunchException(elsewhere.getMessage(), elsewhere, code);
  }

  /** 4 when something is missing or misconfigured, 5 when disk or memory is. */
  @Override
  public int getAsInt() {
    return exitCode;
  }
}
