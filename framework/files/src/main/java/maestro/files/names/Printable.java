package maestro.files.names;

/**
 * Text from files as it is shown to people: characters that would steer a terminal, break a line or
 * turn the order of reading are written as in JSON, {@code \u001b}, and do nothing. Line feeds,
 * carriage returns and tabs pass.
 */
public final class Printable {
  private Printable() {}

  /** The text, shown; the text itself when it holds nothing of the kind. */
  public static String of(String text) {
    StringBuilder shown = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alone = Character.isSurrogate(c) && !paired(text, i);
      if (steers(c) || alone) {
        if (shown == null) {
          shown = new StringBuilder(text.length() + 16).append(text, 0, i);
        }
        shown.append(String.format("\\u%04x", (int) c));
      } else if (shown != null) {
        shown.append(c);
      }
    }
    return shown == null ? text : shown.toString();
  }

  /** The same on one line: line feeds, carriage returns and tabs are shown, too. */
  public static String line(String text) {
    return of(text).replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
  }

  /** Control characters, separators of lines, and marks of the direction of writing. */
  private static boolean steers(char c) {
    return c < ' ' && c != '\n' && c != '\r' && c != '\t'
        || c >= 0x7F && c <= 0x9F
        || c == 0x061C
        || c == 0x200E
        || c == 0x200F
        || c >= 0x2028 && c <= 0x202E
        || c >= 0x2066 && c <= 0x2069
        || c == 0xFEFF;
  }

  private static boolean paired(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}
