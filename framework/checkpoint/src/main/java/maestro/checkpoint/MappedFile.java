package maestro.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import maestro.api.MaestroException;

/**
 * A whole file in memory without reading it. Up to 2 GiB it is one mapping; above that, the size a
 * Java buffer can have, each slice is mapped by itself. Mappings live until the last buffer on them
 * is collected.
 */
final class MappedFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final long size;
  private final ByteBuffer whole;

  private MappedFile(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
    this.whole =
        size <= Integer.MAX_VALUE ? channel.map(FileChannel.MapMode.READ_ONLY, 0, size) : null;
  }

  private MappedFile(Path file, ByteBuffer content) {
    this.file = file;
    this.channel = null;
    this.size = content.limit();
    this.whole = content;
  }

  /** Bytes that are in memory already, under the name of a file. */
  static MappedFile of(Path file, byte[] content) {
    return new MappedFile(file, ByteBuffer.wrap(content));
  }

  static MappedFile open(Path file) {
    if (!Files.isRegularFile(file)) {
      String cause = Files.exists(file) ? "this is not a file" : "there is no such file";
      throw new CheckpointException(file.toString(), cause, "check the path");
    }
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        return new MappedFile(file, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new CheckpointException(
          file.toString(), "the file cannot be read", "check its permissions", e);
    }
  }

  Path file() {
    return file;
  }

  long size() {
    return size;
  }

  /**
   * Read-only bytes of a region the caller has checked to lie in the file; big-endian as every new
   * buffer.
   */
  ByteBuffer slice(long offset, int length) {
    if (whole != null) {
      return whole.slice(Math.toIntExact(offset), length).asReadOnlyBuffer();
    }
    if (offset < 0 || offset + length > size) {
      throw new IndexOutOfBoundsException(
          "region " + offset + "+" + length + " of a file of " + size + " bytes");
    }
    try {
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          CheckpointException.label(file),
          "the file can no longer be mapped",
          "open it again",
          e);
    }
  }

  /** A little-endian copy of a region the caller has checked to lie in the file. */
  ByteBuffer copy(long offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    if (whole != null) {
      whole.get(Math.toIntExact(offset), bytes.array());
      return bytes;
    }
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw CheckpointException.damaged(file, "the file became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw CheckpointException.damaged(file, "the file cannot be read at byte " + offset, e);
    }
    return bytes.flip();
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
