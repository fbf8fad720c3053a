package maestro.media;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.ThreadLocalRandom;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;

/**
 * A file that appears under its name only when it is whole: written beside it, forced to the disk,
 * then moved.
 */
final class WholeFile implements AutoCloseable {
  /** What most file systems allow, in bytes. */
  private static final int LONGEST_NAME = 255;

  private static final int SHOWN = 40;

  private final Path target;
  private final Path growing;

  WholeFile(Path target) {
    this.target = target.toAbsolutePath().normalize();
    // Not made of the name, which may be as long as the file system allows.
    String number = Long.toHexString(ThreadLocalRandom.current().nextLong());
    growing = this.target.resolveSibling("." + number + ".part");
    if (!Files.isDirectory(this.target.getParent())) {
      throw new MaestroException(
          Kind.INPUT,
          name(),
          "there is no folder " + this.target.getParent(),
          "make it, or name another place");
    }
  }

  /**
   * Says before the work whether a file could appear under that name.
   *
   * @throws MaestroException of kind INPUT when there is no such folder, or it takes no such name
   */
  static void check(Path target) {
    try (WholeFile file = new WholeFile(target)) {
      Files.createFile(file.growing);
      // Looking at a name that no file can have fails otherwise than at one that none has.
      if (!Files.isDirectory(target)) {
        Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      } else {
        throw new MaestroException(Kind.INPUT, file.name(), "it is a folder", "name a file");
      }
    } catch (NoSuchFileException e) {
      // As it should be.
    } catch (IOException e) {
      throw cannot(target, e);
    }
  }

  private static MaestroException cannot(Path target, IOException e) {
    String name = String.valueOf(target.getFileName());
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    boolean isLong = bytes > LONGEST_NAME;
    String why = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
    return new MaestroException(
        Kind.INPUT,
        isLong ? name.substring(0, SHOWN) + "…" : name,
        isLong
            ? "a name of " + bytes + " bytes is longer than the file system allows"
            : "cannot be written (" + (why == null ? e.getClass().getSimpleName() : why) + ")",
        isLong ? "give a shorter one" : "check the folder and its permissions",
        e);
  }

  String name() {
    return String.valueOf(target.getFileName());
  }

  /** Where to write. */
  Path growing() {
    return growing;
  }

  /** Gives the finished file its name. */
  void finish() throws IOException {
    try (FileChannel file = FileChannel.open(growing, StandardOpenOption.WRITE)) {
      file.force(true);
    }
    Files.move(
        growing, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes what was not finished. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(growing);
  }
}
