package maestro.launcher;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a distribution consists of, as data: bundles in start order, their configurations, framework
 * properties, and what it is called.
 *
 * @param id Maven-like id of the feature
 * @param product what the distribution calls itself; empty for Maestro as it is
 * @param bundles in start order
 * @param configurations settings by configuration id; a factory one is {@code pid~name}
 * @param properties framework properties
 * @param recipes the recipe of a command when none is named, by the command's name
 * @param files what else of the distribution belongs to it, for instance {@code recipes}; used when
 *     one is assembled
 */
record Feature(
    String id,
    Optional<Product> product,
    List<Bundle> bundles,
    Map<String, Map<String, Object>> configurations,
    Map<String, String> properties,
    Map<String, String> recipes,
    Set<String> files) {
  /**
   * One bundle.
   *
   * @param group Maven group
   * @param artifact Maven artifact
   * @param version Maven version
   * @param startOrder lower ones start first
   * @param pinned true for a bundle that nothing may stop, replace or refresh while the process
   *     lives
   */
  record Bundle(String group, String artifact, String version, int startOrder, boolean pinned) {
    /** Whether this stands for any number of bundles. */
    boolean isPattern() {
      return artifact.contains("*");
    }

    /** Its file. */
    Path file(Path distribution, Feature feature) {
      Path file = distribution.resolve("bundles").resolve(fileName());
      if (!Files.isRegularFile(file)) {
        throw new LaunchException(
            artifact,
            "listed in feature " + feature.id + ", but bundles/" + fileName() + " is missing",
            "put the file there or take the bundle out of the feature file");
      }
      return file;
    }

    /** Name of its file in the folder of bundles. */
    String fileName() {
      return artifact + "-" + version + ".jar";
    }
  }

  /**
   * The feature files of a distribution.
   *
   * @param given files to use instead of those in its folder {@code features}, or empty
   */
  static List<Path> files(Path distribution, List<Path> given) {
    List<Path> files = given.isEmpty() ? list(distribution.resolve("features"), "*.json") : given;
    if (files.isEmpty()) {
      throw new LaunchException(
          distribution.toString(),
          "has no feature file in its folder 'features'",
          "set -Dmaestro.distribution");
    }
    return files;
  }

  /**
   * The feature that feature files of a distribution add up to, with its patterns replaced by what
   * is there.
   */
  static Feature of(Path distribution, List<Path> files) {
    return layered(files.stream().map(FeatureFile::read).toList())
        .expanded(
            list(distribution.resolve("bundles"), "*.jar").stream()
                .map(jar -> jar.getFileName().toString())
                .toList());
  }

  /** The files in a folder that match a pattern, sorted; none when there is no such folder. */
  static List<Path> list(Path folder, String pattern) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    Set<Path> files = new TreeSet<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
      found.forEach(files::add);
    } catch (IOException e) {
      throw new LaunchException(
          folder.toString(), "cannot be read: " + e, "check the folder's rights", e);
    }
    return List.copyOf(files);
  }

  /** The same under another name. */
  Feature withProduct(Optional<Product> other) {
    return new Feature(id, other, bundles, configurations, properties, recipes, files);
  }

  /** The same with other framework properties. */
  Feature withProperties(Map<String, String> others) {
    return new Feature(id, product, bundles, configurations, others, recipes, files);
  }

  /**
   * Lays features over each other. Later names, configurations, properties and recipes win; a
   * bundle named in several must have one version.
   */
  static Feature layered(List<Feature> layers) {
    Map<String, Bundle> bundles = new LinkedHashMap<>();
    Map<String, Map<String, Object>> configurations = new LinkedHashMap<>();
    Map<String, String> properties = new TreeMap<>();
    Map<String, String> recipes = new TreeMap<>();
    Set<String> files = new TreeSet<>();
    Optional<Product> product = Optional.empty();
    for (Feature layer : layers) {
      for (Bundle bundle : layer.bundles) {
        Bundle before = bundles.put(bundle.group + ":" + bundle.artifact, bundle);
        if (before != null && !before.version.equals(bundle.version)) {
          throw new LaunchException(
              layer.id,
              "asks for "
                  + bundle.artifact
                  + " "
                  + bundle.version
                  + ", another feature for "
                  + before.version,
              "name one version in both");
        }
      }
      layer.configurations.forEach(
          (pid, values) ->
              configurations.computeIfAbsent(pid, key -> new LinkedHashMap<>()).putAll(values));
      properties.putAll(layer.properties);
      recipes.putAll(layer.recipes);
      files.addAll(layer.files);
      product = layer.product.isPresent() ? layer.product : product;
    }
    List<Bundle> ordered = new ArrayList<>(bundles.values());
    ordered.sort(Comparator.comparingInt(Bundle::startOrder));
    String id = layers.isEmpty() ? "empty" : layers.get(layers.size() - 1).id;
    return new Feature(id, product, ordered, configurations, properties, recipes, files);
  }

  /**
   * Replaces bundles whose artifact has a {@code *} by the files it stands for. A bundle that is
   * named elsewhere, or that an earlier pattern took, is not taken again.
   *
   * @param names of the files in the folder of bundles
   */
  private Feature expanded(Collection<String> names) {
    Set<String> taken = new HashSet<>();
    bundles.stream()
        .filter(bundle -> !bundle.isPattern())
        .forEach(bundle -> taken.add(bundle.fileName()));
    List<Bundle> all = new ArrayList<>();
    for (Bundle bundle : bundles) {
      if (!bundle.isPattern()) {
        all.add(bundle);
        continue;
      }
      String expression = "\\Q" + bundle.fileName().replace("*", "\\E.*\\Q") + "\\E";
      for (String file : new TreeSet<>(names)) {
        if (file.matches(expression) && taken.add(file)) {
          String artifact =
              file.substring(0, file.length() - bundle.version.length() - "-.jar".length());
          all.add(
              new Bundle(bundle.group, artifact, bundle.version, bundle.startOrder, bundle.pinned));
        }
      }
    }
    return new Feature(id, product, all, configurations, properties, recipes, files);
  }
}
