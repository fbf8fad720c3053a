package maestro.runtime.cli;

import java.io.File;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.runtime.command.Output;

/** Says what went wrong in one line, and gives the exit code. */
final class Failures {
  private static final long NATIVES_BYTES = 64L << 20;

  private Failures() {}

  /**
   * Reports a failure.
   *
   * @param out under {@code --json} the place for the one object; else null
   */
  static int report(Throwable failure, boolean verbose, PrintWriter out, PrintWriter err) {
    MaestroException plain = plain(failure);
    err.println(plain.getMessage());
    if (verbose) {
      failure.printStackTrace(err);
    }
    err.flush();
    object(plain, out);
    return plain.kind().exitCode();
  }

  /** Writes the object of an error, where one is wanted. */
  static void object(MaestroException plain, PrintWriter out) {
    if (out == null) {
      return;
    }
    Map<String, String> error = new LinkedHashMap<>();
    error.put("kind", plain.kind().name());
    error.put("part", plain.part());
    error.put("cause", plain.reason());
    error.put("next", plain.next());
    new Output(out, out, true).result(Map.of("error", error));
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
      if (cause instanceof UnsatisfiedLinkError) {
        return natives(message);
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

  /** A library that does not load; FFmpeg's are unpacked into the home, which may be full. */
  private static MaestroException natives(String message) {
    String unpacked = System.getProperty("org.bytedeco.javacpp.cachedir");
    File folder = unpacked == null ? null : new File(unpacked);
    while (folder != null && !folder.exists()) {
      folder = folder.getParentFile();
    }
    long free = folder == null ? Long.MAX_VALUE : folder.getUsableSpace();
    return free < NATIVES_BYTES
        ? new MaestroException(
            MaestroException.Kind.RESOURCE,
            "disk",
            "is full: native libraries are unpacked to "
                + unpacked
                + ", where "
                + free / (1 << 20)
                + " MiB are left",
            "make room, or choose another folder with --home or MAESTRO_HOME")
        : new MaestroException(
            MaestroException.Kind.CONFIGURATION,
            "natives",
            "a native library does not load (" + message + ")",
            "run 'maestro doctor'");
  }
}
