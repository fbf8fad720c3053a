package maestro.packs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import maestro.api.MaestroException;
import maestro.files.Folders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hidden folder in which a pack grows, {@code .making-*} among the packs, and a locked file
 * beside it for as long as its process lives. Whoever makes the next pack removes what killed
 * processes left, and puts a pack back that one of them had moved aside.
 */
final class Making implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Making.class);
  private static final String START = ".making-";
  private static final String LOCK = ".lock";
  private static final String OLD = "-old";
  private static final String BEGINNING = ".beginning";

  /** Held by this process: opening and closing such a file once more would give the lock up. */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path folder;
  private final FileChannel lock;

  private Making(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** A new folder among the packs, after what the dead left is gone. */
  static Making in(Path given) throws IOException {
    Path packs = Files.createDirectories(given).toRealPath();
    synchronized (HELD) {
      sweep(packs);
      String name = START + UUID.randomUUID();
      Path beginning = packs.resolve(name + BEGINNING);
      FileChannel lock = open(beginning);
      try {
        lock.lock();
        Path locked = packs.resolve(name + LOCK); // never seen under this name without its lock
        Files.move(beginning, locked, StandardCopyOption.ATOMIC_MOVE);
        HELD.add(locked);
        return new Making(Files.createDirectory(packs.resolve(name)), lock);
      } catch (IOException e) {
        lock.close();
        throw e;
      }
    }
  }

  Path folder() {
    return folder;
  }

  /** Moves the whole folder to its place; what was there comes back when that fails. */
  void moveTo(Path place) throws IOException {
    install(folder, place);
  }

  /** Moves a finished folder into place; what was there is moved aside first. */
  static void install(Path finished, Path place) throws IOException {
    Path old = finished.resolveSibling(finished.getFileName() + OLD);
    boolean replaced = Files.exists(place);
    if (replaced) {
      Folders.delete(old);
      Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(finished, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (replaced) {
        Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    if (replaced) {
      Folders.delete(old);
    }
  }

  /** Removes the folder, unless it was moved, and gives the lock back. */
  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      try {
        Folders.delete(folder);
      } finally {
        HELD.remove(lockOf(folder));
        lock.close();
        Files.deleteIfExists(lockOf(folder));
      }
    }
  }

  private static void sweep(Path packs) throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> left = Files.newDirectoryStream(packs, START + "*")) {
      left.forEach(
          path -> {
            String name = path.getFileName().toString();
            if (!name.endsWith(BEGINNING)) {
              names.add(name.replaceFirst("(" + OLD + "|\\" + LOCK + ")$", ""));
            }
          });
    }
    for (String name : names) {
      Path lock = packs.resolve(name + LOCK);
      if (!Files.exists(lock)) {
        remove(packs, name); // by a release that kept no lock
      } else if (!HELD.contains(lock)) {
        try (FileChannel channel = open(lock);
            FileLock taken = channel.tryLock()) {
          if (taken != null) {
            remove(packs, name);
            Files.deleteIfExists(lock);
          }
        } catch (OverlappingFileLockException e) {
          LOG.debug("{} belongs to another host in this process", name, e);
        }
      }
    }
  }

  private static void remove(Path packs, String name) throws IOException {
    Path old = packs.resolve(name + OLD);
    if (Files.isDirectory(old)) {
      putBack(old, packs);
    }
    Folders.delete(old);
    Folders.delete(packs.resolve(name));
  }

  /** A pack that was moved aside for one that never came has its place again. */
  private static void putBack(Path old, Path packs) throws IOException {
    Path place;
    try {
      place = packs.resolve(PackDescription.read(old).name());
    } catch (MaestroException e) {
      LOG.warn("{} holds no pack and is removed", old.getFileName(), e);
      return;
    }
    if (!Files.exists(place)) {
      Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static Path lockOf(Path folder) {
    return folder.resolveSibling(folder.getFileName() + LOCK);
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
