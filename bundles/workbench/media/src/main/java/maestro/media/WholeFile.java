package maestro.media;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;

/**
 * A file that appears under its name only when it is whole: written beside it, forced to the disk,
 * then moved.
 */
final class WholeFile implements AutoCloseable {
  private final Path target;
  private final Path growing;

  WholeFile(Path target) {
    this.target = target.toAbsolutePath().normalize();
    String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
    growing = this.target.resolveSibling("." + this.target.getFileName() + "." + suffix + ".part");
    if (!Files.isDirectory(this.target.getParent())) {
      throw new MaestroException(
          Kind.INPUT,
          name(),
          "there is no folder " + this.target.getParent(),
          "make it, or name another place");
    }
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
