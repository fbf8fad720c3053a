package maestro.graph.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;

/** SHA-256 of files. */
public final class FileDigest {
  private FileDigest() {}

  /**
   * Digest of a file's bytes.
   *
   * @return lower-case hexadecimal
   * @throws MaestroException of kind INPUT when it cannot be read
   */
  public static String of(Path file) {
    MessageDigest digest = Fingerprint.sha256();
    byte[] chunk = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
      }
    } catch (NoSuchFileException e) {
      throw new MaestroException(
          Kind.INPUT, file.toString(), "there is no such file", "check the path", e);
    } catch (IOException e) {
      throw new MaestroException(
          Kind.INPUT, file.toString(), "it cannot be read", "check the file", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
