package maestro.packs;

import java.nio.file.Path;
import maestro.files.Sha256;

/** Digests of large files, with somebody told how far they are. */
final class Digests {
  private Digests() {}

  /** The digest of a whole file, lower-case hexadecimal. */
  static String of(Path file, String what, Watcher watcher) {
    long total = file.toFile().length();
    return Sha256.of(file, done -> watcher.at(what, done, total));
  }
}
