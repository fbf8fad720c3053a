package maestro.launcher;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import maestro.files.names.PathGate;

/**
 * What a distribution consists of, as data: bundles in start order, their configurations, framework
 * properties. The JSON follows the OSGi Feature and Apache Sling's: {@code id}, {@code bundles}
 * (each a Maven id, or an object with {@code id}, {@code start-order}, {@code pinned} and {@code
 * configurations}), {@code configurations} and {@code framework-properties}. A {@code *} in an
 * artifact stands for every such file in the folder of bundles.
 *
 * @param id Maven-like id of the feature
 * @param bundles in start order
 * @param configurations settings by configuration id; a factory one is {@code pid~name}
 * @param properties framework properties
 * @param files what else of the distribution belongs to it, for instance {@code recipes}; used when
 *     one is assembled
 */
record Feature(
    String id,
    List<Bundle> bundles,
    Map<String, Map<String, Object>> configurations,
    Map<String, String> properties,
    Set<String> files) {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final int DEFAULT_START_ORDER = 20;

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
    return layered(files.stream().map(Feature::read).toList())
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

  /** The same with other framework properties. */
  Feature withProperties(Map<String, String> others) {
    return new Feature(id, bundles, configurations, others, files);
  }

  /** Reads one file. */
  static Feature read(Path file) {
    try (JsonParser parser = JSON.createParser(file.toFile())) {
      parser.nextToken();
      if (!(value(parser) instanceof Map<?, ?> json)) {
        throw wrong(file, "is not a JSON object");
      }
      return of(json, file);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new LaunchException(
          file.getFileName().toString(), "cannot be read: " + reason, "mend or remove the file", e);
    }
  }

  /**
   * Lays features over each other. Later configurations and properties win; a bundle named in
   * several must have one version.
   */
  static Feature layered(List<Feature> layers) {
    Map<String, Bundle> bundles = new LinkedHashMap<>();
    Map<String, Map<String, Object>> configurations = new LinkedHashMap<>();
    Map<String, String> properties = new TreeMap<>();
    Set<String> files = new TreeSet<>();
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
      files.addAll(layer.files);
    }
    List<Bundle> ordered = new ArrayList<>(bundles.values());
    ordered.sort(Comparator.comparingInt(Bundle::startOrder));
    String id = layers.isEmpty() ? "empty" : layers.get(layers.size() - 1).id;
    return new Feature(id, ordered, configurations, properties, files);
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
    return new Feature(id, all, configurations, properties, files);
  }

  private static Feature of(Map<?, ?> json, Path file) {
    String id = json.get("id") instanceof String text ? text : file.getFileName().toString();
    List<Bundle> bundles = new ArrayList<>();
    Map<String, Map<String, Object>> configurations = new LinkedHashMap<>();
    for (Object entry : json.get("bundles") instanceof List<?> list ? list : List.of()) {
      Map<?, ?> object = entry instanceof Map<?, ?> map ? map : Map.of("id", entry);
      String[] maven = String.valueOf(object.get("id")).split(":");
      if (maven.length != 3) {
        throw wrong(
            file, "has a bundle '" + object.get("id") + "' that is not group:artifact:version");
      }
      int order =
          object.get("start-order") instanceof Number number
              ? number.intValue()
              : DEFAULT_START_ORDER;
      for (String part : maven) {
        PathGate.refusalOfName(part)
            .ifPresent(
                reason -> {
                  throw wrong(file, "has a bundle whose file cannot be named: " + reason);
                });
      }
      bundles.add(
          new Bundle(
              maven[0], maven[1], maven[2], order, Boolean.TRUE.equals(object.get("pinned"))));
      addConfigurations(object.get("configurations"), configurations, file);
    }
    addConfigurations(json.get("configurations"), configurations, file);
    Map<String, String> properties = new TreeMap<>();
    if (json.get("framework-properties") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> properties.put(String.valueOf(key), String.valueOf(value)));
    }
    Set<String> files = new TreeSet<>();
    for (Object name : json.get("files") instanceof List<?> list ? list : List.of()) {
      PathGate.refusal(String.valueOf(name))
          .ifPresent(
              reason -> {
                throw wrong(file, "names a file of the distribution: " + reason);
              });
      files.add(String.valueOf(name));
    }
    return new Feature(id, bundles, configurations, properties, files);
  }

  private static void addConfigurations(
      Object json, Map<String, Map<String, Object>> to, Path file) {
    if (json == null) {
      return;
    }
    if (!(json instanceof Map<?, ?> byPid)) {
      throw wrong(file, "has configurations that are not an object");
    }
    byPid.forEach(
        (pid, values) -> {
          if (!(values instanceof Map<?, ?> settings)) {
            throw wrong(file, "has a configuration '" + pid + "' that is not an object");
          }
          Map<String, Object> copy =
              to.computeIfAbsent(String.valueOf(pid), key -> new LinkedHashMap<>());
          settings.forEach((name, value) -> copy.put(String.valueOf(name), value));
        });
  }

  private static LaunchException wrong(Path file, String cause) {
    return new LaunchException(file.getFileName().toString(), cause, "mend the feature file");
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Object> map = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        map.put(name, value(parser));
      }
      return map;
    }
    if (token == JsonToken.START_ARRAY) {
      List<Object> list = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        list.add(value(parser));
      }
      return list;
    }
    if (token == null) {
      throw new IOException("the file is empty");
    }
    return switch (token) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }
}
