package maestro.runtime.tests;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Jar;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Makes bundles for the tests. */
final class PluginJars {
  static final Path DISTRIBUTION = Path.of(System.getProperty("maestro.distribution"));

  private PluginJars() {}

  /** A bundle {@code maestro.NAME} of one package of the test classes. */
  static Path build(Path folder, String name, String packageName, String... instructions)
      throws Exception {
    return build(
        DISTRIBUTION.resolveSibling("test-classes"), folder, name, packageName, instructions);
  }

  /** A bundle of one package of any classes. */
  static Path build(
      Path classes, Path folder, String name, String packageName, String... instructions)
      throws Exception {
    try (Builder builder = new Builder()) {
      builder.addClasspath(classes.toFile());
      builder.addClasspath(distributed("maestro.api").toFile());
      builder.setProperty("Bundle-SymbolicName", "maestro." + name);
      builder.setProperty("Bundle-Version", "1.0.0");
      builder.setProperty("Private-Package", packageName);
      builder.setProperty("-noimportjava", "true");
      builder.setProperty("-dsannotations-options", "inherit");
      for (String instruction : instructions) {
        String[] parts = instruction.split("=", 2);
        builder.setProperty(parts[0], parts[1]);
      }
      try (Jar jar = builder.build()) {
        if (!builder.getErrors().isEmpty()) {
          throw new IOException(String.join("; ", builder.getErrors()));
        }
        Path file = Files.createDirectories(folder).resolve("maestro." + name + "-1.0.0.jar");
        jar.write(file.toFile());
        return file;
      }
    }
  }

  /** The same bundle with another version. */
  static Path version(Path bundle, Path target, String version) throws IOException {
    try (JarFile from = new JarFile(bundle.toFile())) {
      Manifest manifest = new Manifest(from.getManifest());
      manifest.getMainAttributes().putValue("Bundle-Version", version);
      try (OutputStream out = Files.newOutputStream(target);
          JarOutputStream to = new JarOutputStream(out, manifest)) {
        for (JarEntry entry : Collections.list(from.entries())) {
          if (!entry.getName().equals(JarFile.MANIFEST_NAME) && !entry.isDirectory()) {
            to.putNextEntry(new JarEntry(entry.getName()));
            from.getInputStream(entry).transferTo(to);
            to.closeEntry();
          }
        }
      }
    }
    return target;
  }

  /** A bundle of the build, by its name. */
  static Path distributed(String name) throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(DISTRIBUTION.resolve("bundles"), name + "-[0-9]*.jar")) {
      return jars.iterator().next();
    }
  }
}
