package maestro.checkpoint;

import java.nio.file.Path;
import maestro.api.MaestroException;

/**
 * A file of weights that cannot be accepted: damaged, hostile, of another format or not what a
 * network needs.
 */
public final class CheckpointException extends MaestroException {
  private static final long serialVersionUID = 1L;

  /** What a person can do about a damaged file. */
  static final String AGAIN = "fetch or write the file again";

  /** What a person can do about numbers that are rounded too far to be read. */
  static final String WIDER =
      "take the file in half or single precision (fp16, bf16, fp32), or convert it to one of them";

  /**
   * A refusal.
   *
   * @param part file or network by the name the user knows
   * @param cause what is wrong, without a capital or a full stop
   * @param next what the user can do now
   */
  public CheckpointException(String part, String cause, String next) {
    super(Kind.INPUT, part, cause, next);
  }

  /** The same, keeping the underlying error. */
  public CheckpointException(String part, String cause, String next, Throwable underlying) {
    super(Kind.INPUT, part, cause, next, underlying);
  }

  static CheckpointException damaged(Path file, String cause) {
    return new CheckpointException(label(file), cause, AGAIN);
  }

  static CheckpointException damaged(Path file, String cause, Throwable underlying) {
    return new CheckpointException(label(file), cause, AGAIN, underlying);
  }

  static String label(Path file) {
    Path name = file.getFileName();
    return name == null ? file.toString() : name.toString();
  }

  /**
   * Text from an untrusted file, short and without control characters, so that it can stand in a
   * message.
   */
  public static String quote(String text) {
    StringBuilder out = new StringBuilder("'");
    for (int i = 0; i < text.length() && i < 120; i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return out.append(text.length() > 120 ? "…'" : "'").toString();
  }
}
