package maestro.launcher;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maestro.files.names.PathGate;

/**
 * Makes a distribution out of another one and feature files: {@code maestro --features
 * host.json,mine.json --assemble TARGET}. What goes in is in the features alone: their bundles, and
 * the {@code files} they name. The target is a folder or, when its name ends so, a zip.
 */
final class Assembly {
  private static final List<String> ALWAYS = List.of("bin", "lib", "LICENSE");

  private final Path distribution;
  private final Feature feature;
  private final List<Path> featureFiles;

  Assembly(Path distribution, List<Path> given) {
    this.distribution = distribution;
    this.featureFiles = Feature.files(distribution, given);
    this.feature = Feature.of(distribution, featureFiles);
  }

  /** Writes the distribution; an unfinished one never has the target's name. */
  void write(Path target) {
    if (Files.exists(target)) {
      throw new LaunchException(target.toString(), "is there already", "name another target");
    }
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      if (target.toString().endsWith(".zip")) {
        Files.deleteIfExists(part);
        URI zip = URI.create("jar:" + part.toUri());
        try (FileSystem files =
            FileSystems.newFileSystem(
                zip, Map.of("create", "true", "enablePosixFileAttributes", "true"))) {
          fill(files.getPath("/" + target.getFileName().toString().replaceFirst("\\.zip$", "")));
        }
      } else {
        fill(part);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new LaunchException(
          target.toString(),
          "cannot be written: " + e,
          "check the disk and the folder's rights",
          e);
    }
  }

  private void fill(Path root) throws IOException {
    List<String> files = new ArrayList<>(ALWAYS);
    files.addAll(feature.files());
    for (String file : files) {
      Path from = source(file);
      if (!Files.exists(from)) {
        throw new LaunchException(
            file,
            "named in feature " + feature.id() + ", is not in " + distribution,
            "add or unname it");
      }
      copy(from, root.resolve(file));
    }
    for (Path file : featureFiles) {
      copy(file, root.resolve("features").resolve(file.getFileName().toString()));
    }
    for (Feature.Bundle bundle : feature.bundles()) {
      copy(bundle.file(distribution, feature), root.resolve("bundles").resolve(bundle.fileName()));
    }
    Path script = root.resolve("bin").resolve("maestro");
    if (Files.getFileStore(script).supportsFileAttributeView("posix")
        || script.getFileSystem() != FileSystems.getDefault()) {
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /**
   * A checkout keeps the natives where its build unpacked them, and a distribution may be made with
   * others: the properties the engines read say where they are.
   */
  private Path source(String file) {
    String elsewhere =
        switch (file) {
          case "native/torch" -> System.getProperty("PYTORCH_LIBRARY_PATH");
          case "native/onnxruntime" -> System.getProperty("onnxruntime.native.path");
          default -> null;
        };
    if (elsewhere != null) {
      return Path.of(elsewhere);
    }
    try {
      return PathGate.below(distribution, file);
    } catch (PathGate.RefusedNameException e) {
      throw new LaunchException(
          "feature " + feature.id(), e.getMessage(), "name files of the distribution alone", e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        if (Files.isRegularFile(each)) {
          Path target = from.equals(each) ? to : to.resolve(from.relativize(each).toString());
          Files.createDirectories(target.getParent());
          Files.copy(each, target);
        }
      }
    }
  }
}
