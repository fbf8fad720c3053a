package maestro.graph.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import maestro.files.Sha256;

/**
 * The digest a stage's result is kept under: SHA-256 over fields in order, each with its length in
 * front, so that no two lists of fields meet.
 */
public final class Fingerprint {
  private final MessageDigest digest = Sha256.begin();

  /** Begins with what is computed and the version of the code that does it. */
  public Fingerprint(String stage, int version) {
    with(stage).with(Integer.toString(version));
  }

  /** One more field. */
  public Fingerprint with(String field) {
    byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
    return this;
  }

  /** One more field, a number. */
  public Fingerprint with(double field) {
    return with(Double.toString(field));
  }

  /** The digest, lower-case hexadecimal. The fingerprint is spent. */
  public String hex() {
    return Sha256.hex(digest.digest());
  }
}
