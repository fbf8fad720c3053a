package maestro.launcher;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import maestro.files.names.Printable;

/**
 * UTF-8 text for a terminal without the characters that steer one or turn the order of reading:
 * names in files come from anywhere. They are shown as {@link Printable} does, {@code \\u001b}, so
 * JSON stays what it was. Line breaks and tabs pass, and the return to the beginning of the line,
 * which shows progress.
 */
final class PrintableStream extends FilterOutputStream {
  /** Bytes of a character that has begun; the rest comes with a later write. */
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  PrintableStream(OutputStream out) {
    super(out);
  }

  /** One of the process's own two streams. */
  static PrintStream around(FileDescriptor stream) {
    return new PrintStream(
        new PrintableStream(new FileOutputStream(stream)), true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    begun.write(bytes, offset, length);
    byte[] all = begun.toByteArray();
    int whole = all.length - unfinished(all);
    out.write(
        Printable.of(new String(all, 0, whole, StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8));
    begun.reset();
    begun.write(all, whole, all.length - whole);
  }

  /** How many bytes at the end are the beginning of a character. */
  private static int unfinished(byte[] bytes) {
    for (int back = 1; back <= Math.min(3, bytes.length); back++) {
      int value = bytes[bytes.length - back] & 0xFF;
      if (value >= 0xC0) {
        int needs = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
        return back < needs ? back : 0;
      }
      if (value < 0x80) {
        return 0;
      }
    }
    return 0;
  }
}
