package maestro.runtime.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import maestro.api.MaestroException;
import maestro.files.Sha256;

/**
 * Who signed a bundle's file, and its digest.
 *
 * @param digest SHA-256 of the file, lower-case hexadecimal
 * @param signer subject of the certificate that signed every file in it, if there is one
 * @param fingerprint SHA-256 of that certificate, lower-case hexadecimal; empty without a signer
 */
public record Signature(String digest, Optional<String> signer, String fingerprint) {
  /** The files that hold a signature, the only ones it cannot cover. */
  private static final Pattern SIGNATURE_FILE =
      Pattern.compile(
          "META-INF/(MANIFEST\\.MF|[^/]+\\.(SF|DSA|RSA|EC)|SIG-[^/.]*(\\.[A-Z0-9]{1,3})?)",
          Pattern.CASE_INSENSITIVE);

  /**
   * Reads and verifies a file as {@code jarsigner -verify} does.
   *
   * @throws MaestroException of kind INPUT when the file is no jar, or was changed after it was
   *     signed
   */
  public static Signature verify(Path file) {
    try (JarFile jar = new JarFile(file.toFile(), true)) {
      Set<Certificate> common = null;
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (entry.isDirectory() || SIGNATURE_FILE.matcher(entry.getName()).matches()) {
          continue;
        }
        try (InputStream in = jar.getInputStream(entry)) {
          in.transferTo(
              OutputStream
                  .nullOutputStream()); // signers are known once the entry was read to its end
        }
        Set<Certificate> signers = signers(entry.getCodeSigners());
        if (common == null) {
          common = signers;
        } else {
          common.retainAll(signers);
        }
      }
      String digest = Sha256.of(file);
      if (common == null || common.isEmpty()) {
        return new Signature(digest, Optional.empty(), "");
      }
      Certificate certificate = common.iterator().next();
      String subject =
          certificate instanceof X509Certificate x509
              ? x509.getSubjectX500Principal().getName()
              : certificate.getType();
      return new Signature(digest, Optional.of(subject), Sha256.of(certificate.getEncoded()));
    } catch (SecurityException | ZipException | GeneralSecurityException e) {
      throw unusable(
          file, "is damaged or was changed after it was signed (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      throw unusable(file, "cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static Set<Certificate> signers(CodeSigner[] signers) {
    Set<Certificate> certificates = new LinkedHashSet<>();
    for (CodeSigner signer : signers == null ? new CodeSigner[0] : signers) {
      List<? extends Certificate> path = signer.getSignerCertPath().getCertificates();
      certificates.add(path.get(0));
    }
    return certificates;
  }

  private static MaestroException unusable(Path file, String cause, Exception underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT,
        file.getFileName().toString(),
        cause,
        "get the file again",
        underlying);
  }
}
