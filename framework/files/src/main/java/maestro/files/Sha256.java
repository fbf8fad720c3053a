package maestro.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;

/** SHA-256, written in lower-case hexadecimal. */
public final class Sha256 {
  private static final int CHUNK_BYTES = 1 << 16;

  private Sha256() {}

  /** Digest of bytes. */
  public static String of(byte[] bytes) {
    return hex(begin().digest(bytes));
  }

  /** Digest of a text in UTF-8. */
  public static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Digest of a file's bytes.
   *
   * @throws MaestroException of kind INPUT when it cannot be read
   */
  public static String of(Path file) {
    return of(file, bytesRead -> {});
  }

  /**
   * Digest of a file's bytes.
   *
   * @param progress is told the number of bytes read so far; what it throws ends the reading
   * @throws MaestroException of kind INPUT when it cannot be read
   */
  public static String of(Path file, LongConsumer progress) {
    MessageDigest digest = begin();
    byte[] chunk = new byte[CHUNK_BYTES];
    long done = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
        done += count;
        progress.accept(done);
      }
    } catch (NoSuchFileException e) {
      throw new MaestroException(
          Kind.INPUT, file.toString(), "there is no such file", "check the path", e);
    } catch (IOException e) {
      throw new MaestroException(
          Kind.INPUT, file.toString(), "it cannot be read", "check the file and its rights", e);
    }
    return hex(digest.digest());
  }

  /** A digest of what is put into it, piece by piece. */
  public static MessageDigest begin() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The digest's bytes as text. */
  public static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }
}
