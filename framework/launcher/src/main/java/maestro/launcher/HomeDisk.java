package maestro.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The room that is left where Maestro's home is. */
final class HomeDisk {
  /** What a start writes, the framework's own files, and a margin. */
  static final long LEAST_BYTES = 8L << 20;

  private HomeDisk() {}

  /**
   * Refuses a full disk before anything half works on it.
   *
   * @throws LaunchException with the exit code of a resource
   */
  static void check(Path home, long leastBytes, Throwable underlying) {
    Path there = home;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      long free = there == null ? leastBytes : Files.getFileStore(there).getUsableSpace();
      if (free < leastBytes) {
        throw LaunchException.resource(
            "home",
            "the disk of " + home + " is full, " + free / 1024 + " KiB are left",
            "make room, or choose another folder with --home or MAESTRO_HOME",
            underlying);
      }
    } catch (IOException e) {
      return; // a disk that does not say is tried
    }
  }
}
