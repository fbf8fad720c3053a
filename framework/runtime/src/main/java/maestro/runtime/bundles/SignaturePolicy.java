package maestro.runtime.bundles;

import java.util.Set;
import maestro.api.MaestroException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which bundles may be put in. By default all may, and the user is warned of an unsigned one; a
 * distribution that sets the framework property {@code maestro.require-signature} takes signed ones
 * alone, and only from {@code maestro.trusted-signers} where that is set.
 *
 * @param required whether an unsigned bundle is refused
 * @param trusted SHA-256 fingerprints of certificates; empty for any
 */
record SignaturePolicy(boolean required, Set<String> trusted) {
  private static final Logger LOG = LoggerFactory.getLogger(SignaturePolicy.class);

  /** A rule anybody can satisfy is said to be one. */
  SignaturePolicy {
    if (required && trusted.isEmpty()) {
      LOG.warn(
          "maestro.require-signature is on, but maestro.trusted-signers names nobody: the signature"
              + " of anyone passes; name the SHA-256 fingerprints of those you trust");
    }
  }

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
