package maestro.packs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import maestro.api.MaestroException;

/** SHA-256 of files. */
final class Digests {
  private static final int BUFFER = 1 << 20;

  private Digests() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The digest of a whole file, lower-case hexadecimal. */
  static String of(Path file, String what, Watcher watcher) {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      long total = Files.size(file);
      long done = 0;
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        done += read;
        watcher.at(what, done, total);
      }
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "the file cannot be read",
          "check its permissions",
          e);
    }
    return hex(digest);
  }
}
