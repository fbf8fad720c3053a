package maestro.runtime.bundles;

import java.util.Set;
import maestro.api.MaestroException;

/**
 * Which bundles may be put in. By default all may, and the user is warned of an unsigned one; a
 * distribution that sets the framework property {@code maestro.require-signature} takes signed ones
 * alone, and only from {@code maestro.trusted-signers} where that is set.
 *
 * @param required whether an unsigned bundle is refused
 * @param trusted SHA-256 fingerprints of certificates; empty for any
 */
record SignaturePolicy(boolean required, Set<String> trusted) {
  /** Lets a bundle pass or refuses it. */
  Signature check(String bundle, Signature signature) {
    if (signature.signer().isEmpty()) {
      if (required) {
        throw refused(bundle, "is not signed, SHA-256 " + signature.digest());
      }
    } else if (!trusted.isEmpty() && !trusted.contains(signature.fingerprint())) {
      throw refused(
          bundle,
          "is signed by "
              + signature.signer().get()
              + " ("
              + signature.fingerprint()
              + "), who is not trusted");
    }
    return signature;
  }

  private static MaestroException refused(String bundle, String cause) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        bundle,
        cause,
        "get it from a trusted signer, or change maestro.require-signature and maestro.trusted-signers");
  }
}
