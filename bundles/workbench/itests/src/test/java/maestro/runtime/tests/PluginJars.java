package maestro.runtime.tests;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Jar;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
    return header(bundle, target, "Bundle-Version", version);
  }

  /** The same bundle with another header in its manifest. */
  static Path header(Path bundle, Path target, String name, String value) throws IOException {
    try (JarFile from = new JarFile(bundle.toFile())) {
      Manifest manifest = new Manifest(from.getManifest());
      manifest.getMainAttributes().putValue(name, value);
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

  /** Feature files of a distribution that ships bundles of the build beside the host. */
  static List<Path> features(Path folder, List<String> bundles) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String bundle : bundles) {
      String version =
          distributed(bundle).getFileName().toString().replaceFirst("^.*?-(\\d.*)\\.jar$", "$1");
      boolean engine = bundle.startsWith("maestro.engine.");
      entries.add(
          "{ \"id\": \"maestro:%s:%s\", \"start-order\": %d, \"pinned\": %s }"
              .formatted(bundle, version, engine ? 10 : 20, engine));
    }
    Path file = Files.createDirectories(folder).resolve("shipped.json");
    Files.writeString(file, "{ \"bundles\": [" + String.join(", ", entries) + "] }");
    return List.of(DISTRIBUTION.resolve("features/host.json"), file);
  }

  /** A bundle of the build, by its name. */
  static Path distributed(String name) throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(DISTRIBUTION.resolve("bundles"), name + "-[0-9]*.jar")) {
      return jars.iterator().next();
    }
  }
}
