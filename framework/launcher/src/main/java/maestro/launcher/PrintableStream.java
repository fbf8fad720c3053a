package maestro.launcher;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 text for a terminal without the control characters that steer one: names in files come from
 * anywhere. They are written as in JSON, {@code \\u001b}, so JSON stays what it was. Line breaks
 * and tabs pass, and the return to the beginning of the line, which shows progress.
 */
final class PrintableStream extends FilterOutputStream {
  private static final int DELETE = 0x7F;

  /** First byte in UTF-8 of the control characters U+0080 to U+009F. */
  private static final int HIGH = 0xC2;

  private boolean high;

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
    java.io.ByteArrayOutputStream printable = new java.io.ByteArrayOutputStream(length + 16);
    for (int i = offset; i < offset + length; i++) {
      int value = bytes[i] & 0xFF;
      if (high) {
        high = false;
        if (value < 0xA0) {
          printable.writeBytes(escaped(value));
          continue;
        }
        printable.write(HIGH);
      }
      if (value == HIGH) {
        high = true; // what it begins is known with the next byte
      } else if (value < ' ' && value != '\n' && value != '\r' && value != '\t'
          || value == DELETE) {
        printable.writeBytes(escaped(value));
      } else {
        printable.write(value);
      }
    }
    out.write(printable.toByteArray());
  }

  private static byte[] escaped(int value) {
    return String.format("\\u%04x", value).getBytes(StandardCharsets.US_ASCII);
  }
}
