package maestro.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import maestro.api.MaestroException;

/** A file that appears under its name only when it is whole and on the disk. */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything, from the start of an empty file. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes to a neighbour of the file, forces it to the disk and moves it into place. A failure
   * leaves what was there.
   *
   * @throws MaestroException of kind INPUT when it is a folder, of kind RESOURCE when the disk or
   *     the folder does not let it be written
   */
  public static void write(Path file, Content content) {
    if (file.getFileName() == null || Files.isDirectory(file)) {
      throw new MaestroException(
          MaestroException.Kind.INPUT, file.toString(), "it is a folder", "give a file");
    }
    Path folder = file.toAbsolutePath().getParent();
    Path temporary = null;
    try {
      Files.createDirectories(folder);
      // Not createTempFile: that would leave the file readable by its owner only.
      Path begun = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
      try (FileChannel channel =
          FileChannel.open(begun, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        temporary = begun;
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      temporary = null;
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          file.toString(),
          "the file could not be written (" + e.getMessage() + ")",
          "check free space and permissions",
          e);
    } finally {
      delete(temporary);
    }
  }

  /** The same for bytes that are already there. */
  public static void write(Path file, byte[] bytes) {
    write(file, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
  }

  /** Writes all bytes that remain; a channel may take only some of them at once. */
  public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static void delete(Path temporary) {
    if (temporary != null) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        temporary.toFile().deleteOnExit();
      }
    }
  }
}
