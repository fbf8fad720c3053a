package maestro.commands;

import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.film.TimeLine;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.graph.run.FilmFeatures;

/**
 * How features lie in a file: {@code clip} [W] and {@code clip.timeline} [rows, channels], the rest
 * in the metadata.
 */
final class FeatureFile {
  private static final String FINGERPRINT = ".fingerprint";

  private FeatureFile() {}

  static NamedTensors tensors(FilmFeatures film) {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("film", film.film().file().getFileName().toString());
    metadata.put("film.sha256", film.film().digest());
    film.features()
        .forEach(
            (name, feature) -> {
              String brief = Names.brief(name);
              tensors.put(brief, FloatTensor.of(feature.vector(), feature.vector().length));
              metadata.put(brief + FINGERPRINT, film.fingerprints().get(name));
              feature
                  .timeLine()
                  .ifPresent(line -> put(tensors, metadata, brief + ".timeline", line));
            });
    if (!film.remarks().isEmpty()) {
      metadata.put("remarks", String.join("\n", film.remarks()));
    }
    return new NamedTensors(tensors, metadata);
  }

  private static void put(
      Map<String, FloatTensor> tensors, Map<String, String> metadata, String name, TimeLine line) {
    tensors.put(name, FloatTensor.of(line.values(), line.rows(), line.channels().size()));
    metadata.put(name + ".stepSeconds", Double.toString(line.stepSeconds()));
    metadata.put(name + ".channels", String.join(",", line.channels()));
  }

  /** What each feature of a file depends on, by encoder name. */
  static Map<String, String> fingerprints(Map<String, String> metadata) {
    Map<String, String> fingerprints = new LinkedHashMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key.endsWith(FINGERPRINT)) {
            fingerprints.put(
                "encoder." + key.substring(0, key.length() - FINGERPRINT.length()), value);
          }
        });
    return fingerprints;
  }
}
