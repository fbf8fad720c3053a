package maestro.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.files.AtomicFile;
import maestro.files.Json;
import maestro.plots.LinePlot;

/**
 * What a training says of itself: {@code log.jsonl}, a line for each report, the same scalars for
 * TensorBoard, and {@code curves.png}. A resumed run drops the lines that come after the state it
 * goes on from.
 */
final class TrainingLog {
  /** Name of the log in a run's folder. */
  static final String FILE = "log.jsonl";

  private static final ObjectMapper JSON = Json.PLAIN;

  private final Path folder;
  private final Path file;
  private final TensorBoardFile board;

  TrainingLog(Path folder) {
    this.folder = folder;
    this.file = folder.resolve(FILE);
    this.board = new TensorBoardFile(folder, System.currentTimeMillis() / 1000);
  }

  /** Drops what was logged after an update, for a run that goes on from there. */
  void cutAfter(long update) {
    List<String> kept = new ArrayList<>();
    for (JsonNode line : lines(file)) {
      if (line.path("update").asLong() <= update) {
        kept.add(line.toString());
      }
    }
    try {
      Files.write(file, kept);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Figures of training since the last report. */
  void training(long update, Map<String, Double> figures) {
    append("train", update, figures);
  }

  /** Figures of a validation. */
  void validation(long update, Map<String, Double> figures) {
    append("validation", update, figures);
  }

  private void append(String kind, long update, Map<String, Double> figures) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("kind", kind);
    line.put("update", update);
    line.put("time", System.currentTimeMillis() / 1000);
    line.putAll(figures);
    Map<String, Double> tagged = new LinkedHashMap<>();
    figures.forEach((name, figure) -> tagged.put(kind + "/" + name, figure));
    board.scalars(System.currentTimeMillis() / 1000.0, update, tagged);
    try {
      Files.writeString(
          file,
          JSON.writeValueAsString(line) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Lines of a log; a last line cut short by a kill is left out. */
  static List<JsonNode> lines(Path file) {
    List<JsonNode> lines = new ArrayList<>();
    if (!Files.exists(file)) {
      return lines;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        try {
          JsonNode node = JSON.readTree(line);
          if (node != null && node.isObject()) {
            lines.add(node);
          }
        } catch (JsonProcessingException e) {
          break;
        }
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
    return lines;
  }

  /** Draws loss and validation over the updates into {@code curves.png}. */
  void draw() {
    Map<String, List<double[]>> curves = new LinkedHashMap<>();
    for (JsonNode line : lines(file)) {
      boolean training = line.path("kind").asText().equals("train");
      line.properties()
          .forEach(
              field -> {
                String name = field.getKey();
                boolean shown = training ? name.equals("loss") || name.endsWith(".loss") : true;
                if (shown && !List.of("kind", "update", "time").contains(name)) {
                  curves
                      .computeIfAbsent(
                          (training ? "training " : "validation ") + name,
                          unused -> new ArrayList<>())
                      .add(
                          new double[] {
                            line.path("update").asDouble(), field.getValue().asDouble()
                          });
                }
              });
    }
    if (!curves.isEmpty()) {
      AtomicFile.write(folder.resolve("curves.png"), new LinePlot("updates", curves).png());
    }
  }

  static byte[] json(Object value) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static MaestroException unwritable(Path file, IOException e) {
    return new MaestroException(
        MaestroException.Kind.RESOURCE,
        file.toString(),
        "it cannot be written or read (" + e.getMessage() + ")",
        "check free space and permissions",
        e);
  }
}
