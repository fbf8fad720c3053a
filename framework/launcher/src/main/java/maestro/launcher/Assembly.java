package maestro.launcher;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import maestro.files.names.PathGate;

/**
 * Makes a distribution out of another one and feature files: {@code maestro --features
 * host.json,mine.json --assemble TARGET}. What goes in is in the features alone: their bundles, and
 * the {@code files} they name. The target is a folder or, when its name ends so, a zip. What was
 * made is started before it gets its name, and what does not work is refused; {@code --complete}
 * adds what it lacks.
 */
final class Assembly {
  private static final List<String> ALWAYS = List.of("bin", "lib", "LICENSE");
  private static final String COMPLETED = "completed.json";
  private static final int MOST_PROBLEMS = 5;

  private final Path distribution;
  private final Feature feature;
  private final List<Path> featureFiles;
  private final boolean complete;
  private final Check check;

  /** Tries a distribution out. */
  interface Check {
    /**
     * What works in a distribution and what does not.
     *
     * @param made the distribution
     * @param others jars that could be added to it
     */
    Verdict on(Path made, List<Path> others) throws IOException;
  }

  /**
   * What came of trying a distribution out.
   *
   * @param problems what does not work, one sentence each
   * @param lacks jars among the others that would help
   * @param help what {@code --help} says, by command
   */
  record Verdict(List<String> problems, List<Path> lacks, Map<String, String> help) {}

  Assembly(Path distribution, List<Path> given, boolean complete, Check check) {
    this.distribution = distribution;
    this.featureFiles = Feature.files(distribution, given);
    this.feature = Feature.of(distribution, featureFiles);
    this.complete = complete;
    this.check = check;
  }

  /** The assembly a command line asks for. */
  static Assembly of(LaunchOptions options) {
    return new Assembly(
        options.distribution(),
        options.features(),
        options.complete(),
        new AssemblyCheck(options.framework()));
  }

  /** Writes the distribution; an unfinished one never has the target's name. */
  void write(Path target) {
    if (Files.exists(target)) {
      throw new LaunchException(target.toString(), "is there already", "name another target");
    }
    Path folder = target.resolveSibling("." + target.getFileName() + ".folder");
    Path zip = target.resolveSibling("." + target.getFileName() + ".part");
    Path lock = target.resolveSibling("." + target.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held == null) {
        throw new LaunchException(
            target.toString(), "another process is making it", "wait until that one ends");
      }
      try {
        Folders.delete(folder); // what a killed process left
        Files.deleteIfExists(zip);
        fill(folder);
        writeHelp(folder, checked(target, folder).help());
        if (target.toString().endsWith(".zip")) {
          zip(folder, zip, target.getFileName().toString().replaceFirst("\\.zip$", ""));
          Files.move(zip, target, StandardCopyOption.ATOMIC_MOVE);
        } else {
          Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
        }
      } finally {
        Folders.delete(folder);
        Files.deleteIfExists(zip);
        Files.deleteIfExists(lock);
      }
    } catch (OverlappingFileLockException e) {
      throw new LaunchException(
          target.toString(), "another host is making it", "wait until that one ends", e);
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
      Folders.copy(from, root.resolve(file));
    }
    for (Path file : featureFiles) {
      Folders.copy(file, root.resolve("features").resolve(file.getFileName().toString()));
    }
    for (Feature.Bundle bundle : feature.bundles()) {
      Folders.copy(
          bundle.file(distribution, feature), root.resolve("bundles").resolve(bundle.fileName()));
    }
    Path script = root.resolve("bin").resolve("maestro");
    if (Files.getFileStore(script).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** Tries it out, and adds what it lacks if that is wanted. */
  private Verdict checked(Path target, Path root) throws IOException {
    Verdict verdict = check.on(root, others(feature.bundles()));
    if (complete && !verdict.lacks().isEmpty()) {
      add(verdict.lacks(), root);
      verdict = check.on(root, List.of());
    }
    if (verdict.problems().isEmpty()) {
      return verdict;
    }
    int more = verdict.problems().size() - MOST_PROBLEMS;
    throw new LaunchException(
        target.toString(),
        "is not made, it would not work: "
            + verdict.problems().stream().limit(MOST_PROBLEMS).collect(Collectors.joining("; "))
            + (more > 0 ? "; and " + more + " more" : ""),
        verdict.lacks().isEmpty()
            ? "add what it lacks to the feature file"
            : "add to the feature file, or have --complete add, of this distribution "
                + names(verdict.lacks()));
  }

  private static String names(List<Path> jars) {
    return jars.stream()
        .map(jar -> jar.getFileName().toString().replaceFirst("\\.jar$", ""))
        .collect(Collectors.joining(", "));
  }

  /** Jars of this distribution that are not in the one that is made. */
  private List<Path> others(Collection<Feature.Bundle> taken) {
    Set<String> names = taken.stream().map(Feature.Bundle::fileName).collect(Collectors.toSet());
    return Feature.list(distribution.resolve("bundles"), "*.jar").stream()
        .filter(jar -> !names.contains(jar.getFileName().toString()))
        .toList();
  }

  /** Adds bundles, and a feature file that lists them as the features of this distribution do. */
  private void add(List<Path> jars, Path root) throws IOException {
    Set<String> names =
        jars.stream().map(jar -> jar.getFileName().toString()).collect(Collectors.toSet());
    List<Feature.Bundle> added =
        Feature.of(distribution, Feature.files(distribution, List.of())).bundles().stream()
            .filter(bundle -> names.contains(bundle.fileName()))
            .toList();
    for (Feature.Bundle bundle : added) {
      Folders.copy(
          bundle.file(distribution, feature), root.resolve("bundles").resolve(bundle.fileName()));
    }
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(Files.newOutputStream(root.resolve("features").resolve(COMPLETED)))
            .useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("id", feature.id());
      json.writeArrayFieldStart("bundles");
      for (Feature.Bundle bundle : added) {
        json.writeStartObject();
        json.writeStringField(
            "id", bundle.group() + ":" + bundle.artifact() + ":" + bundle.version());
        json.writeNumberField("start-order", bundle.startOrder());
        json.writeBooleanField("pinned", bundle.pinned());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private static void writeHelp(Path root, Map<String, String> texts) throws IOException {
    Path folder = Files.createDirectories(root.resolve("help"));
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Files.writeString(folder.resolve(text.getKey() + ".txt"), text.getValue());
    }
  }

  private static void zip(Path folder, Path zip, String name) throws IOException {
    try (FileSystem files =
        FileSystems.newFileSystem(
            URI.create("jar:" + zip.toUri()),
            Map.of("create", "true", "enablePosixFileAttributes", "true"))) {
      Path root = files.getPath("/" + name);
      Folders.copy(folder, root);
      Files.setPosixFilePermissions(
          root.resolve("bin/maestro"), PosixFilePermissions.fromString("rwxr-xr-x"));
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
}
