package maestro.runtime.bundles;

import java.util.Set;
import maestro.api.MaestroException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which bundles may be put in. By default all may, and an unsigned one is named with its digest; a distribution that sets
 * the framework property {@code maestro.require-signature} takes signed ones alone, and only from {@code
 * maestro.trusted-signers} where that is set.
 *
 * @param required whether an unsigned bundle is refused
 * @param trusted SHA-256 fingerprints of certificates; empty for any
 */
record SignaturePolicy(boolean required, Set<String> trusted) {
  private static final Logger LOG = LoggerFactory.getLogger(SignaturePolicy.class);

  /** Lets a bundle pass or refuses it. */
  Signature check(String bundle, Signature signature) {
    if (signature.signer().isEmpty()) {
      if (required) {
        throw refused(bundle, "is not signed, SHA-256 " + signature.digest());
      }
      LOG.warn("{} is not signed, SHA-256 {}", bundle, signature.digest());
    } else if (!trusted.isEmpty() && !trusted.contains(signature.fingerprint())) {
      throw refused(
          bundle, "is signed by " + signature.signer().get() + " (" + signature.fingerprint() + "), who is not trusted");
    } else {
      LOG.info("{} is signed by {}", bundle, signature.signer().get());
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
