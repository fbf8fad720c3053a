package maestro.tensor.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A Protocol Buffers message being written: fields are added in order, large data is referred to
 * and not copied.
 *
 * <p>See the encoding section of the Protocol Buffers documentation; wire types 0, 2 and 5 are all
 * that ONNX needs.
 */
final class ProtoMessage {
  private final List<ByteBuffer> chunks = new ArrayList<>();
  private long size;

  ProtoMessage number(int field, long number) {
    ByteBuffer buffer = ByteBuffer.allocate(20);
    varint(buffer, (long) field << 3);
    varint(buffer, number);
    return chunk(buffer.flip());
  }

  ProtoMessage real(int field, float number) {
    ByteBuffer buffer = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
    varint(buffer, (long) field << 3 | 5);
    buffer.putFloat(number);
    return chunk(buffer.flip());
  }

  ProtoMessage text(int field, String text) {
    return bytes(field, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  ProtoMessage bytes(int field, ByteBuffer bytes) {
    header(field, bytes.remaining());
    return chunk(bytes);
  }

  ProtoMessage message(int field, ProtoMessage message) {
    header(field, message.size);
    message.chunks.forEach(this::chunk);
    return this;
  }

  long size() {
    return size;
  }

  byte[] toBytes() {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(size));
    chunks.forEach(chunk -> all.put(chunk.duplicate()));
    return all.array();
  }

  void writeTo(WritableByteChannel channel) throws IOException {
    for (ByteBuffer chunk : chunks) {
      ByteBuffer rest = chunk.duplicate();
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }
  }

  private void header(int field, long length) {
    ByteBuffer buffer = ByteBuffer.allocate(20);
    varint(buffer, (long) field << 3 | 2);
    varint(buffer, length);
    chunk(buffer.flip());
  }

  private ProtoMessage chunk(ByteBuffer chunk) {
    chunks.add(chunk);
    size += chunk.remaining();
    return this;
  }

  private static void varint(ByteBuffer buffer, long number) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      buffer.put((byte) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    buffer.put((byte) rest);
  }
}
