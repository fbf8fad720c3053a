package maestro.training;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An event file that TensorBoard reads: TFRecords (length, masked CRC-32C of it, bytes, masked
 * CRC-32C of them) of {@code Event} messages with scalar summaries. Only what is needed of Protocol
 * Buffers is written here; the messages have but four fields.
 */
final class TensorBoardFile {
  private final Path file;

  /** Begins a file in a folder, or appends to the one of that name. */
  TensorBoardFile(Path folder, long begunSeconds) {
    file = folder.resolve("events.out.tfevents." + begunSeconds + ".maestro");
    if (!Files.exists(file)) {
      Message event = new Message();
      event.real(1, begunSeconds);
      event.text(3, "brain.Event:2");
      append(event);
    }
  }

  /** Appends scalars of one step. */
  void scalars(double wallSeconds, long step, Map<String, Double> figures) {
    Message summary = new Message();
    figures.forEach(
        (name, figure) -> {
          Message value = new Message();
          value.text(1, name);
          value.single(2, figure.floatValue());
          summary.message(1, value);
        });
    Message event = new Message();
    event.real(1, wallSeconds);
    event.number(2, step);
    event.message(5, summary);
    append(event);
  }

  private void append(Message event) {
    byte[] data = event.bytes();
    byte[] length = little(8).putLong(data.length).array();
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(length);
      out.write(little(4).putInt(masked(length)).array());
      out.write(data);
      out.write(little(4).putInt(masked(data)).array());
    } catch (IOException e) {
      throw TrainingLog.unwritable(file, e);
    }
  }

  static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    int value = (int) crc.getValue();
    return Integer.rotateRight(value, 15) + 0xa282ead8;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A Protocol Buffers message being written. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void number(int field, long value) {
      varint(field << 3);
      varint(value);
    }

    void real(int field, double value) {
      varint(field << 3 | 1);
      out.writeBytes(little(8).putDouble(value).array());
    }

    void single(int field, float value) {
      varint(field << 3 | 5);
      out.writeBytes(little(4).putFloat(value).array());
    }

    void text(int field, String value) {
      part(field, value.getBytes(StandardCharsets.UTF_8));
    }

    void message(int field, Message value) {
      part(field, value.bytes());
    }

    private void part(int field, byte[] bytes) {
      varint(field << 3 | 2);
      varint(bytes.length);
      out.writeBytes(bytes);
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        out.write((int) (rest & 0x7F | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
