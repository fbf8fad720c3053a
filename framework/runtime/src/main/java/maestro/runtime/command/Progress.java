package maestro.runtime.command;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows stage, step and remaining time of long work. On a terminal one line is rewritten in place;
 * elsewhere a line is printed when a stage begins and every ten seconds. Thread-safe.
 */
public final class Progress implements AutoCloseable {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long REPRINT_NANOS = 10_000_000_000L;

  private final PrintWriter err;
  private final boolean terminal;
  private String stage = "";
  private long began;
  private long shown;
  private int width;

  /**
   * A display.
   *
   * @param err where it is drawn
   * @param terminal whether a line there can be rewritten
   */
  public Progress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /**
   * Begins a stage.
   *
   * @param name what is done, for instance {@code encoder.clip}
   * @param number which stage this is, from 1
   * @param count stages in all, or 0 when unknown
   */
  public synchronized void stage(String name, int number, int count) {
    stage = count > 0 ? "[" + number + "/" + count + "] " + name : name;
    began = System.nanoTime();
    show(stage, began);
  }

  /**
   * Tells how far the stage is.
   *
   * @param done steps finished
   * @param total steps in all, or 0 when unknown
   */
  public synchronized void step(long done, long total) {
    long now = System.nanoTime();
    if (now - shown < (terminal ? REDRAW_NANOS : REPRINT_NANOS) && !(terminal && done == total)) {
      return;
    }
    String line = stage + "  " + done + (total > 0 ? "/" + total : "");
    if (done > 0 && total > done) {
      line += "  " + describe((now - began) / done * (total - done)) + " left";
    }
    show(line, now);
  }

  /** Prints a line of its own without disturbing the display. */
  public synchronized void say(String sentence) {
    wipe();
    err.println(sentence);
    err.flush();
  }

  /** Takes the display away. */
  @Override
  public synchronized void close() {
    wipe();
    err.flush();
  }

  /** A duration for people: {@code 8 s}, {@code 2 min 05 s}, {@code 1 h 02 min}. */
  static String describe(long nanos) {
    Duration left = Duration.ofNanos(nanos);
    if (left.toHours() > 0) {
      return String.format(Locale.ROOT, "%d h %02d min", left.toHours(), left.toMinutesPart());
    }
    return left.toMinutes() > 0
        ? String.format(Locale.ROOT, "%d min %02d s", left.toMinutes(), left.toSecondsPart())
        : left.toSeconds() + " s";
  }

  private void show(String line, long now) {
    shown = now;
    if (terminal) {
      err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    } else {
      err.println(line);
    }
    err.flush();
  }

  private void wipe() {
    if (terminal && width > 0) {
      err.print("\r" + " ".repeat(width) + "\r");
      width = 0;
    }
  }
}
