package maestro.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.files.Json;
import maestro.files.names.PathGate;
import maestro.graph.recipe.Recipe;

/**
 * An experiment as data: which methods are compared by which metrics. The paper's tables are such
 * files.
 *
 * @param name file name of the results
 * @param title heading of the table
 * @param methods rows of the table, in order; the first is what the others are tested against
 * @param metrics columns of the table, with their settings
 * @param transfer true when each film clip is combined with style pieces (paper, section 4.3.2)
 * @param stylesPerClass style pieces drawn of each class, 2 in the paper for genres and 10 for
 *     emotions
 * @param seconds length to which all sounds are cut; 10 when not said
 * @param bootstrap draws of the intervals; 200 when not said
 * @param permutations draws of the paired tests, exact with at most eleven pairs; 1024 when not
 *     said
 * @param seed of items, draws and intervals; 7 when not said
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Experiment(
    String name,
    String title,
    List<Method> methods,
    List<Column> metrics,
    boolean transfer,
    Integer stylesPerClass,
    Double seconds,
    Integer bootstrap,
    Integer permutations,
    Long seed) {
  private static final String RECOGNIZABILITY = "metric.recognizability";
  private static final int MOST_SECONDS = 3_600;
  private static final int MOST_DRAWS = 1_000_000;

  /** Fills what was not said. */
  public Experiment {
    methods = methods == null ? List.of() : List.copyOf(methods);
    metrics = metrics == null ? List.of() : List.copyOf(metrics);
    stylesPerClass = stylesPerClass == null ? 2 : stylesPerClass;
    seconds = seconds == null ? 10 : seconds;
    bootstrap = bootstrap == null ? 200 : bootstrap;
    permutations = permutations == null ? 1024 : permutations;
    seed = seed == null ? 7 : seed;
  }

  /** Methods that need no model. */
  public enum Baseline {
    /** The clip's own music: the ceiling. */
    real,
    /** The clip's own music with random phases. */
    phaseScrambled,
    /** White noise as loud as the clip's own music. */
    noise,
    /** Music of a training clip drawn at random. */
    random,
    /** Music of the training clip whose picture is nearest by encoder.cinematic. */
    nearest
  }

  /**
   * One row. Exactly one of recipe, folder and baseline is given.
   *
   * @param name of the row
   * @param recipe name or file of the recipe that generates
   * @param change what differs from that recipe, itself in the form of a recipe ({@code without},
   *     {@code bundles}, ...); a {@code seed} in it is that of all its clips, which else have one
   *     each, the same for every method
   * @param folder clips generated elsewhere, matched by name
   * @param baseline a method that needs no model
   * @param composers whether each clip is scored in the style of its own composer, by all bundles
   *     of the recipe that have a setting {@code composer}; of the baseline {@code random}, whether
   *     music of the clip's own composer is drawn
   * @param reconstructs whether the recipe does not generate, but sends each clip's own music
   *     through its autoencoder and vocoder: the ceiling of what it can generate
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Method(
      String name,
      String recipe,
      Recipe change,
      String folder,
      Baseline baseline,
      Boolean composers,
      Boolean reconstructs) {
    /** Whether each clip's own composer decides. */
    boolean byComposer() {
      return Boolean.TRUE.equals(composers);
    }

    /** Whether this row marks an end of the scale and does not compete. */
    boolean reference() {
      return baseline != null || Boolean.TRUE.equals(reconstructs);
    }
  }

  /**
   * One metric.
   *
   * @param id such as {@code metric.fad}
   * @param config settings that differ from the metric's defaults
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Column(String id, Map<String, Object> config) {
    /** Copies the settings. */
    public Column {
      config = config == null ? Map.of() : Map.copyOf(config);
    }
  }

  /**
   * Reads an experiment.
   *
   * @throws MaestroException of kind INPUT that names what is wrong
   */
  public static Experiment read(Path file) {
    Experiment experiment;
    try {
      experiment = Json.STRICT.readValue(Files.readString(file), Experiment.class);
    } catch (JsonProcessingException e) {
      throw refused(file.toString(), "not an experiment: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw refused(file.toString(), "it cannot be read", e);
    }
    if (experiment == null) {
      throw refused(file.toString(), "not an experiment: empty", null);
    }
    experiment.check(file.toString());
    return experiment;
  }

  /** What results of a recipe are called: its name, or its file's without folders and ending. */
  static String named(String recipe) {
    return recipe
        .substring(Math.max(recipe.lastIndexOf('/'), recipe.lastIndexOf('\\')) + 1)
        .replaceAll("\\.json$", "");
  }

  void check(String part) {
    if (name == null || name.isBlank() || methods.isEmpty() || metrics.isEmpty()) {
      throw refused(part, "an experiment needs a name, methods and metrics", null);
    }
    PathGate.refusalOfName(name)
        .ifPresent(
            reason -> {
              throw refused(part, "its name is that of its results, and " + reason, null);
            });
    Set<String> names = new HashSet<>();
    for (Method method : methods) {
      int sources =
          (method.recipe == null ? 0 : 1)
              + (method.folder == null ? 0 : 1)
              + (method.baseline == null ? 0 : 1);
      if (method.name == null
          || !method.name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._+-]*")
          || PathGate.refusalOfName(method.name).isPresent()
          || !names.add(method.name)) {
        throw refused(
            part, "a method's name is missing, used twice or no file name: " + method.name, null);
      }
      if (method.byComposer() && method.recipe == null && method.baseline != Baseline.random) {
        throw refused(
            part,
            "method "
                + method.name
                + " has composers, and neither a recipe nor the baseline random",
            null);
      }
      if (Boolean.TRUE.equals(method.reconstructs) && method.recipe == null) {
        throw refused(
            part, "method " + method.name + " reconstructs and has no recipe to do it with", null);
      }
      if (method.folder != null && method.folder.indexOf('\0') >= 0) {
        throw refused(part, "the folder of method " + method.name + " is no file name", null);
      }
      if (sources != 1) {
        throw refused(
            part, "method " + method.name + " must have one of recipe, folder and baseline", null);
      }
    }
    if (metrics.stream().anyMatch(column -> column.id == null)) {
      throw refused(part, "a metric has no id", null);
    }
    if (transfer && metrics.stream().anyMatch(column -> column.id.equals(RECOGNIZABILITY))) {
      // It wants real music of each class; a transfer's references are the films' own scores.
      throw refused(part, RECOGNIZABILITY + " tells nothing of a transfer", null);
    }
    if (!(seconds > 0) || bootstrap < 0 || permutations < 0 || stylesPerClass < 1) {
      throw refused(part, "seconds and stylesPerClass must be above 0, draws not below", null);
    }
    if (seconds > MOST_SECONDS || Math.max(bootstrap, permutations) > MOST_DRAWS) {
      throw refused(
          part, "seconds must be at most " + MOST_SECONDS + ", draws at most " + MOST_DRAWS, null);
    }
  }

  private static MaestroException refused(String part, String cause, Exception underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT,
        part,
        cause,
        "compare it with one of the distribution's experiments",
        underlying);
  }
}
