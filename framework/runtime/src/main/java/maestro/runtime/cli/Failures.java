package maestro.runtime.cli;

import java.io.PrintWriter;
import maestro.api.MaestroException;

/** Says what went wrong in one line, and gives the exit code. */
final class Failures {
  private Failures() {}

  static int report(Throwable failure, boolean verbose, PrintWriter err) {
    MaestroException plain = plain(failure);
    err.println(plain.getMessage());
    if (verbose) {
      failure.printStackTrace(err);
    }
    err.flush();
    return plain.kind().exitCode();
  }

  private static MaestroException plain(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof MaestroException said) {
        return said;
      }
      String message = String.valueOf(cause.getMessage());
      if (message.contains("No space left on device")
          || message.contains("not enough space on the disk")) {
        return new MaestroException(
            MaestroException.Kind.RESOURCE,
            "disk",
            "is full (" + message + ")",
            "make room and run the same command again");
      }
      if (cause instanceof OutOfMemoryError) {
        return new MaestroException(
            MaestroException.Kind.RESOURCE,
            "memory",
            "ran out (" + message + ")",
            "set MAESTRO_OPTS=-Xmx8g or more");
      }
    }
    return new MaestroException(
        MaestroException.Kind.INTERNAL,
        "maestro",
        "a fault of the program: " + failure,
        "run it again with --verbose and report the details");
  }
}
