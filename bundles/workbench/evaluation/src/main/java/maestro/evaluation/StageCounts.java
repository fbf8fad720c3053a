package maestro.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.files.Json;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.ScoreResult;

/**
 * How many stages an experiment needed and how many it computed, over all its runs. Kept in two
 * files of JSON lines: {@code results.jsonl}, one line a scored clip, and {@code stages.jsonl}, one
 * line a computed stage, written as soon as it is computed, so that the stages of a killed run
 * count, too.
 */
final class StageCounts {
  private static final ObjectMapper JSON = Json.PLAIN;

  /** Writing the file is a stage that is never kept. */
  private static final int WRITING = 1;

  private final List<String> methods;
  private final Set<String> ids;
  private final Path results;
  private final Path stages;

  /**
   * The counts kept in a folder; what it knows of other items does not count.
   *
   * @param methods names of the experiment's methods
   * @param ids names of its items
   */
  StageCounts(ExperimentFolder folder, List<String> methods, Set<String> ids) {
    this.methods = methods;
    this.ids = ids;
    this.results = folder.path().resolve("results.jsonl");
    this.stages = folder.path().resolve("stages.jsonl");
  }

  /** How many stages the clips of a method needed, and how many had to be computed. */
  record Effort(int clips, int stages, int computed) {}

  /** Writes down that a stage was computed. */
  void computed(String method, Trial trial, String stage) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("method", method);
    line.put("id", trial.id());
    line.put("stage", stage);
    append(stages, line);
  }

  /**
   * Writes down that a clip was scored.
   *
   * @param recipe of this very clip
   * @param seconds it took
   */
  void scored(
      String method, Trial trial, ResolvedRecipe recipe, ScoreResult result, double seconds) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("method", method);
    line.put("id", trial.id());
    line.put("seed", recipe.recipe().seed());
    line.put("recipe", recipe.digest());
    line.put("stages", result.stages() - WRITING);
    line.put("computed", result.computed());
    line.put("seconds", seconds);
    line.put("shapedBy", result.shapedBy());
    line.put("remarks", result.remarks());
    append(results, line);
  }

  /** Digests of the recipes by which a method's clips were scored last, by name of the clip. */
  Map<String, String> scored(String method) {
    Map<String, String> recipes = new HashMap<>();
    of(method).forEach((id, line) -> recipes.put(id, line.path("recipe").asText()));
    return recipes;
  }

  /** What each method that scored took, by its name. */
  Map<String, Effort> effort() {
    Map<String, Integer> computed = count(line -> line.path("method").asText());
    Map<String, Effort> effort = new LinkedHashMap<>();
    for (String method : methods) {
      Map<String, JsonNode> clips = of(method);
      if (!clips.isEmpty()) {
        int needed = clips.values().stream().mapToInt(line -> line.path("stages").asInt()).sum();
        effort.put(method, new Effort(clips.size(), needed, computed.getOrDefault(method, 0)));
      }
    }
    return effort;
  }

  /** The last line of each of a method's clips, by name of the clip. */
  private Map<String, JsonNode> of(String method) {
    Map<String, JsonNode> last = new HashMap<>();
    for (JsonNode line : lines(results)) {
      if (line.path("method").asText().equals(method)) {
        last.put(line.path("id").asText(), line);
      }
    }
    return last;
  }

  /** How often each stage was computed, by its name, over all methods and windows. */
  Map<String, Integer> byStage() {
    return count(line -> line.path("stage").asText().replaceFirst(", window .*", ""));
  }

  private Map<String, Integer> count(Function<JsonNode, String> name) {
    Map<String, Integer> counts = new TreeMap<>();
    lines(stages).forEach(line -> counts.merge(name.apply(line), 1, Integer::sum));
    return counts;
  }

  private List<JsonNode> lines(Path file) {
    List<JsonNode> nodes = new ArrayList<>();
    try (Stream<String> lines = Files.exists(file) ? Files.lines(file) : Stream.empty()) {
      for (String line : (Iterable<String>) lines::iterator) {
        JsonNode node = JSON.readTree(line);
        if (ids.contains(node.path("id").asText())) {
          nodes.add(node);
        }
      }
    } catch (JsonProcessingException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "a line of it is not JSON",
          "delete the file",
          e);
    } catch (IOException e) {
      throw ExperimentFolder.unwritable(file, e);
    }
    return nodes;
  }

  private static void append(Path file, Map<String, Object> line) {
    try {
      Files.writeString(
          file,
          JSON.writeValueAsString(line) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw ExperimentFolder.unwritable(file, e);
    }
  }
}
