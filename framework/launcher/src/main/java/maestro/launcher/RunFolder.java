package maestro.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one process, {@code <home>/run/<something unique>}: the framework's cache lives
 * there. Every start begins with an empty one (a kept cache saves next to nothing), processes never
 * share one, and what a killed process left behind is removed by the next.
 *
 * <p>A process lives as long as it holds the lock on the file beside its folder, whatever its
 * number or the clock say: homes are shared between machines and containers. So after a start every
 * folder that is left belongs to a living process; jobs name theirs, the system property {@value
 * #NAME}.
 */
final class RunFolder implements AutoCloseable {
  /** System property with the name of this process's folder. */
  static final String NAME = "maestro.run";

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final String LOCK = ".lock";

  /** Held by this process: opening and closing such a file once more would give the lock up. */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path folder;
  private final FileChannel lock;

  private RunFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** A new folder. */
  static RunFolder create(Path home) {
    synchronized (HELD) {
      try {
        Path run = Files.createDirectories(home.resolve("run"));
        // One start at a time, so that nobody takes a new lock that is not held yet for a dead one.
        try (FileChannel starts = open(run.resolve("starts"));
            FileLock one = starts.lock()) {
          LOG.debug("starting under {}", one);
          removeLeftovers(run);
          Path folder = Files.createTempDirectory(run, "");
          FileChannel lock = open(lockOf(folder));
          lock.lock();
          HELD.add(lockOf(folder));
          System.setProperty(NAME, folder.getFileName().toString());
          return new RunFolder(folder, lock);
        }
      } catch (IOException e) {
        if (String.valueOf(e.getMessage()).contains("space")) { // of the system's own words
          HomeDisk.check(home, HomeDisk.LEAST_BYTES, e);
        }
        throw new LaunchException(
            "home",
            "cannot write to " + home + " (" + e + ")",
            "choose another folder with --home or MAESTRO_HOME",
            e);
      }
    }
  }

  Path path() {
    return folder;
  }

  /** Removes the folder; what cannot be removed now is removed by a later start. */
  @Override
  public void close() {
    synchronized (HELD) {
      try {
        Folders.delete(folder);
        lock.close();
        Files.deleteIfExists(lockOf(folder));
      } catch (IOException e) {
        LOG.debug("run folder {} stays: {}", folder, e.toString());
      } finally {
        HELD.remove(lockOf(folder));
      }
    }
  }

  private static void removeLeftovers(Path run) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(run, Files::isDirectory)) {
      for (Path folder : folders) {
        if (!alive(lockOf(folder))) {
          Folders.delete(folder);
          Files.deleteIfExists(lockOf(folder));
        }
      }
    }
  }

  private static boolean alive(Path lock) throws IOException {
    if (HELD.contains(lock)) {
      return true;
    }
    if (!Files.exists(lock)) {
      return false;
    }
    try (FileChannel channel = open(lock)) {
      FileLock taken = channel.tryLock();
      return taken == null;
    } catch (OverlappingFileLockException e) {
      return true; // another host in this process
    }
  }

  private static Path lockOf(Path folder) {
    return folder.resolveSibling(folder.getFileName() + LOCK);
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
