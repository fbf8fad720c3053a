package maestro.runtime.command;

import java.io.PrintWriter;
import java.util.Locale;
import maestro.files.Json;

/**
 * Where a command speaks: lines for people, or one JSON object under {@code --json}; never both.
 * Warnings go to the error stream in either case.
 */
public final class Output {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  /** An output on two streams. */
  public Output(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  /**
   * Prints a line for people; nothing under {@code --json}. Numbers are formatted with a decimal
   * point.
   */
  public void line(String format, Object... arguments) {
    if (!json) {
      out.println(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
      out.flush();
    }
  }

  /**
   * Prints the result of the command, once: the object under {@code --json}, else the line.
   *
   * @param object a record, a map or another type Jackson writes as a JSON object
   */
  public void result(Object object, String format, Object... arguments) {
    result(object);
    line(format, arguments);
  }

  /**
   * Prints the object under {@code --json}, else nothing; the lines for people are the caller's.
   */
  public void result(Object object) {
    if (json) {
      out.print(Json.sorted(object));
      out.flush();
    }
  }

  /** Prints a line on the error stream. */
  public void warn(String format, Object... arguments) {
    err.println(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
    err.flush();
  }

  /** True when the result is to be one JSON object. */
  public boolean json() {
    return json;
  }
}
