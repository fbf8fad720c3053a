package maestro.launcher;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one process, {@code <home>/run/<process id>-<something unique>}: the framework's
 * cache lives there. Every start begins with an empty one (a kept cache saves next to nothing),
 * processes never share one, and what a killed process left behind is removed by the next.
 */
final class RunFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);

  private final Path folder;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /** A new folder. */
  static RunFolder create(Path home) {
    try {
      Path run = Files.createDirectories(home.resolve("run"));
      removeLeftovers(run);
      return new RunFolder(Files.createTempDirectory(run, ProcessHandle.current().pid() + "-"));
    } catch (IOException e) {
      throw new LaunchException(
          "home",
          "cannot write to " + home + " (" + e + ")",
          "choose another folder with --home or MAESTRO_HOME",
          e);
    }
  }

  Path path() {
    return folder;
  }

  /** Removes the folder; what cannot be removed now is removed by a later start. */
  @Override
  public void close() {
    try {
      delete(folder);
    } catch (IOException e) {
      LOG.debug("run folder {} stays: {}", folder, e.toString());
    }
  }

  private static void removeLeftovers(Path run) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(run)) {
      for (Path folder : folders) {
        String id = folder.getFileName().toString().replaceFirst("-.*", "");
        boolean alive = id.matches("\\d+") && ProcessHandle.of(Long.parseLong(id)).isPresent();
        if (!alive) {
          delete(folder);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try {
      Files.walkFileTree(folder, new Deleter());
    } catch (NoSuchFileException e) {
      LOG.debug("{} is gone already", folder); // another start removes the same leftovers
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
