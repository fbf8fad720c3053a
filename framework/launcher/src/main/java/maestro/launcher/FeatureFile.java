package maestro.launcher;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import maestro.files.names.PathGate;

/**
 * A feature as it is written down. The JSON follows the OSGi Feature and Apache Sling's: {@code
 * id}, {@code name}, {@code bundles} (each a Maven id, or an object with {@code id}, {@code
 * start-order}, {@code pinned} and {@code configurations}), {@code configurations}, {@code
 * framework-properties}; beside these, {@code default-recipes} and {@code files}. A {@code *} in an
 * artifact stands for every such file in the folder of bundles.
 */
final class FeatureFile {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final int DEFAULT_START_ORDER = 20;

  private FeatureFile() {}

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

  private static Feature of(Map<?, ?> json, Path file) {
    String id = json.get("id") instanceof String text ? text : file.getFileName().toString();
    List<Feature.Bundle> bundles = new ArrayList<>();
    Map<String, Map<String, Object>> configurations = new LinkedHashMap<>();
    for (Object entry : json.get("bundles") instanceof List<?> list ? list : List.of()) {
      Map<?, ?> object = entry instanceof Map<?, ?> map ? map : Map.of("id", entry);
      String[] maven = String.valueOf(object.get("id")).split(":");
      if (maven.length != 3) {
        throw wrong(
            file, "has a bundle '" + object.get("id") + "' that is not group:artifact:version");
      }
      for (String part : maven) {
        PathGate.refusalOfName(part)
            .ifPresent(
                reason -> {
                  throw wrong(file, "has a bundle whose file cannot be named: " + reason);
                });
      }
      int order =
          object.get("start-order") instanceof Number number
              ? number.intValue()
              : DEFAULT_START_ORDER;
      bundles.add(
          new Feature.Bundle(
              maven[0], maven[1], maven[2], order, Boolean.TRUE.equals(object.get("pinned"))));
      addConfigurations(object.get("configurations"), configurations, file);
    }
    addConfigurations(json.get("configurations"), configurations, file);
    Set<String> files = new TreeSet<>();
    for (Object name : json.get("files") instanceof List<?> list ? list : List.of()) {
      files.add(inside(String.valueOf(name), file));
    }
    return new Feature(
        id,
        product(json.get("name"), id, file),
        bundles,
        configurations,
        texts(json.get("framework-properties")),
        texts(json.get("default-recipes")),
        files);
  }

  private static Optional<Product> product(Object name, String id, Path file) {
    if (name == null) {
      return Optional.empty();
    }
    String[] maven = id.split(":");
    if (maven.length != 3) {
      throw wrong(
          file,
          "has a name, so its id must be group:artifact:version, the version of what it names");
    }
    return Optional.of(new Product(String.valueOf(name), maven[2]));
  }

  private static Map<String, String> texts(Object json) {
    Map<String, String> texts = new TreeMap<>();
    if (json instanceof Map<?, ?> map) {
      map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }

  /** A file of the distribution, and not one that lies anywhere else. */
  private static String inside(String name, Path file) {
    PathGate.refusal(name)
        .ifPresent(
            reason -> {
              throw wrong(file, "names a file of the distribution: " + reason);
            });
    return name;
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
