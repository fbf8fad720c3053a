package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import aQute.bnd.header.Attrs;
import aQute.bnd.header.OSGiHeader;
import aQute.bnd.header.Parameters;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What a bundle of ours exports is a promise that the build keeps, or says that it is none. */
final class ExportsTest {
  private static final Path BASELINES = Path.of("../../../framework/api/baseline/maestro");

  @Test
  void everyExportedPackageHasABaselineOrIsInternal() throws IOException {
    List<String> neither = new ArrayList<>();
    List<String> promised = new ArrayList<>();
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(
            PluginJars.DISTRIBUTION.resolve("bundles"), "maestro.*-SNAPSHOT.jar")) {
      for (Path file : jars) {
        try (JarFile jar = new JarFile(file.toFile())) {
          String name = jar.getManifest().getMainAttributes().getValue("Bundle-SymbolicName");
          Parameters exports =
              OSGiHeader.parseHeader(
                  jar.getManifest().getMainAttributes().getValue("Export-Package"));
          for (Map.Entry<String, Attrs> export : exports.entrySet()) {
            if (!export.getKey().startsWith("maestro.")
                || "true".equals(export.getValue().get("x-internal:"))) {
              continue;
            }
            if (Files.isDirectory(BASELINES.resolve(name))) {
              promised.add(export.getKey());
            } else {
              neither.add(name + ": " + export.getKey());
            }
          }
        }
      }
    }
    assertThat(neither).isEmpty();
    assertThat(promised).contains("maestro.api.node", "maestro.signal", "maestro.checkpoint");
  }
}
