package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles may be required to be signed; the default is to name the signer and the digest. */
final class SignatureTest {
  @TempDir Path folder;
  private Path unsigned;
  private Path signed;

  @BeforeEach
  void sign() throws Exception {
    unsigned = PluginJars.build(folder, "encoder.toy", "maestro.runtime.tests.toys.encoder");
    signed = Files.copy(unsigned, folder.resolve("signed.jar"));
    List<String> store = store();
    tool(
        "keytool",
        store,
        "-genkeypair",
        "-alias",
        "lab",
        "-keyalg",
        "RSA",
        "-dname",
        "CN=A Lab",
        "-validity",
        "2");
    tool("jarsigner", store, signed.toString(), "lab");
  }

  private List<String> store() {
    return List.of(
        "-keystore",
        folder.resolve("keys").toString(),
        "-storepass",
        "secret",
        "-keypass",
        "secret");
  }

  @Test
  void theSignerIsNamed() throws Exception {
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      LiveHost.Outcome plain = host.maestro("bundles", "install", unsigned.toString());
      assertThat(plain.code()).isZero();
      assertThat(plain.out()).contains("signer   none").containsPattern("SHA-256 +[0-9a-f]{64}");
      assertThat(host.maestro("bundles", "update", "encoder.toy", signed.toString()).out())
          .contains("signer   CN=A Lab");
    }
  }

  @Test
  void unsignedAndChangedBundlesAreRefusedWhereSignaturesAreRequired() throws Exception {
    try (LiveHost host =
        new LiveHost(folder.resolve("home"), Map.of("maestro.require-signature", "true"))) {
      LiveHost.Outcome plain = host.maestro("bundles", "install", unsigned.toString());
      assertThat(plain.code()).isEqualTo(4);
      assertThat(plain.err()).startsWith("maestro.encoder.toy: is not signed, SHA-256 ");
      LiveHost.Outcome changed = host.maestro("bundles", "install", changed().toString());
      assertThat(changed.code()).isEqualTo(3);
      assertThat(changed.err()).contains("is damaged or was changed after it was signed");
      assertThat(host.maestro("bundles", "install", signed.toString()).code()).isZero();
      Files.copy(unsigned, host.plugins().resolve("dropped.jar"));
      host.maestro("bundles", "list");
      assertThat(host.maestro("bundles", "why", "encoder.toy").out()).contains("CN=A Lab");
    }
  }

  @Test
  void strangersAreRefusedWhereSignersAreNamed() throws Exception {
    Map<String, String> properties =
        Map.of("maestro.require-signature", "true", "maestro.trusted-signers", "00ff");
    try (LiveHost host = new LiveHost(folder.resolve("home"), properties)) {
      assertThat(host.maestro("bundles", "install", signed.toString()).err())
          .startsWith("maestro.encoder.toy: is signed by CN=A Lab (")
          .contains("who is not trusted");
    }
  }

  @Test
  void aFileBelowMetaInfIsCoveredByTheSignatureToo() throws Exception {
    Path inner = folder.resolve("inner.jar");
    try (ZipFile from = new ZipFile(unsigned.toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(inner))) {
      for (ZipEntry entry : java.util.Collections.list(from.entries())) {
        to.putNextEntry(new ZipEntry(entry.getName()));
        from.getInputStream(entry).transferTo(to);
        to.closeEntry();
      }
      to.putNextEntry(new ZipEntry("META-INF/lib/ToyEncoder.class"));
      to.write(7);
      to.closeEntry();
    }
    Path unsignedInner = Files.copy(inner, folder.resolve("added.jar"));
    tool("jarsigner", store(), inner.toString(), "lab");
    try (LiveHost host =
        new LiveHost(folder.resolve("home"), Map.of("maestro.require-signature", "true"))) {
      assertThat(host.maestro("bundles", "install", unsignedInner.toString()).code()).isEqualTo(4);
      assertThat(host.maestro("bundles", "install", changed(inner).toString()).err())
          .contains("is damaged or was changed after it was signed");
      assertThat(host.maestro("bundles", "install", inner.toString()).code()).isZero();
    }
  }

  /** The signed jar with one more byte in a class. */
  private Path changed() throws Exception {
    return changed(signed);
  }

  private Path changed(Path signed) throws Exception {
    Path changed = folder.resolve("changed.jar");
    try (ZipFile from = new ZipFile(signed.toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(changed))) {
      for (ZipEntry entry : java.util.Collections.list(from.entries())) {
        to.putNextEntry(new ZipEntry(entry.getName()));
        from.getInputStream(entry).transferTo(to);
        if (entry.getName().endsWith("ToyEncoder.class")
            && (signed.equals(this.signed) || entry.getName().startsWith("META-INF/lib/"))) {
          to.write(0);
        }
        to.closeEntry();
      }
    }
    return changed;
  }

  private static void tool(String name, List<String> first, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", name).toString()));
    boolean keytool = name.equals("keytool");
    if (keytool) {
      command.addAll(List.of(more));
      command.addAll(first);
    } else {
      command.addAll(first);
      command.addAll(List.of(more));
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
  }
}
