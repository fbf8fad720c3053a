package maestro.training;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maestro.api.MaestroException;
import maestro.files.Json;
import maestro.graph.recipe.Recipe;

/**
 * A training as data. Defaults are the paper's (appendix B and section 4.1) where it gives them.
 */
@JsonAutoDetect(fieldVisibility = Visibility.PUBLIC_ONLY)
public final class TrainingRecipe {
  private static final ObjectMapper JSON = Json.STRICT;

  private static final String AUTO = "auto";

  /** One sentence for people. */
  public String description = "";

  /** The task, {@code music-vae}. */
  public String task;

  /** Pack with the networks that this training builds on, or null. */
  public String pack;

  /** Style controls that are heard in the music; {@code onsets} is {@code control.onsets}. */
  public List<String> controls = List.of("dynamics", "melody");

  /**
   * Encoders that look at the films the music comes with, as in a recipe's {@code bundles}; none
   * trains on music alone.
   */
  public List<Recipe.Entry> encoders = List.of();

  /** Updates in all. */
  public long steps = 200_000;

  /** Examples of one micro-batch. */
  public int batch = 2;

  /** Micro-batches whose gradients are averaged before an update. */
  public int accumulate = 1;

  /** Base learning rate. */
  public double learningRate = 1e-4;

  /** Updates over which the learning rate rises from 0 to the base. */
  public long warmUp = 2000;

  /** What follows the warm-up: {@code constant}, or {@code cosine} down to 0 at the last step. */
  public String schedule = "constant";

  /** Decay rates of AdamW's two moments. */
  public List<Double> betas = List.of(0.9, 0.999);

  /** AdamW's decay of the weights themselves. */
  public double weightDecay = 0.01;

  /** Greatest norm of a step's gradient; 0 for no limit. */
  public double clip;

  /** Decay of the moving average of the weights; 0 for none. */
  public double averageDecay = 0.9999;

  /** Seed of first values, examples and noise. */
  public long seed = 7;

  /** Updates between two validations. */
  public long validateEvery = 1000;

  /** Updates between two checkpoints. */
  public long checkpointEvery = 1000;

  /** Updates between two samples; 0 for none but the last. */
  public long sampleEvery;

  /** Updates between two lines of the log. */
  public long logEvery = 10;

  /** Most resident memory in bytes before the training stops by itself; 0 for no limit. */
  public long memoryLimit;

  /**
   * How the networks run: {@code torchscript}, as modules, or {@code pytorch}, step by step; {@code
   * auto} is {@code torchscript}.
   */
  public String engine = AUTO;

  /**
   * Numbers that {@code torchscript} multiplies in, {@code bfloat16} or {@code float32}; {@code
   * auto} is the former where the machine has it.
   */
  public String precision = AUTO;

  /** Settings of the task. */
  public ObjectNode config = JsonNodeFactory.instance.objectNode();

  /**
   * Reads a recipe.
   *
   * @throws MaestroException of kind INPUT that names what is wrong
   */
  public static TrainingRecipe read(Path file) {
    try {
      return parse(file.getFileName().toString(), Files.readString(file));
    } catch (IOException e) {
      throw refused(file.toString(), "it cannot be read", "give a training recipe", e);
    }
  }

  /** Reads a recipe from its text; the name is for messages. */
  public static TrainingRecipe parse(String name, String text) {
    try {
      TrainingRecipe recipe = JSON.readValue(text, TrainingRecipe.class);
      if (recipe == null) {
        throw refused(name, "it is empty", "give a JSON object with a task", null);
      }
      recipe.check(name);
      return recipe;
    } catch (UnrecognizedPropertyException e) {
      throw refused(
          name,
          "unknown field '" + e.getPropertyName() + "'",
          "use one of " + e.getKnownPropertyIds(),
          e);
    } catch (JsonProcessingException e) {
      throw refused(
          name,
          "it is not a training recipe (" + e.getOriginalMessage() + ")",
          "see 'maestro train --help'",
          e);
    }
  }

  private void check(String name) {
    require(name, task != null && !task.isBlank(), "task", task, "the name of a task");
    for (Recipe.Entry encoder : encoders) {
      require(name, encoder.id() != null, "encoders", encoders, "a list of objects with an id");
    }
    require(name, steps > 0, "steps", steps, "1 or more");
    require(name, batch > 0, "batch", batch, "1 or more");
    require(name, accumulate > 0, "accumulate", accumulate, "1 or more");
    require(name, learningRate > 0, "learningRate", learningRate, "above 0");
    require(name, warmUp >= 0, "warmUp", warmUp, "0 or more");
    oneOf(name, "schedule", schedule, "constant", "cosine");
    require(
        name,
        betas.size() == 2 && betas.stream().allMatch(beta -> beta >= 0 && beta < 1),
        "betas",
        betas,
        "two numbers from 0 to below 1");
    require(name, weightDecay >= 0, "weightDecay", weightDecay, "0 or more");
    require(name, clip >= 0, "clip", clip, "0 or more");
    require(
        name,
        averageDecay >= 0 && averageDecay < 1,
        "averageDecay",
        averageDecay,
        "from 0 to below 1");
    require(name, validateEvery > 0, "validateEvery", validateEvery, "1 or more");
    require(name, checkpointEvery > 0, "checkpointEvery", checkpointEvery, "1 or more");
    require(name, logEvery > 0, "logEvery", logEvery, "1 or more");
    oneOf(name, "engine", engine, AUTO, "torchscript", "pytorch");
    oneOf(name, "precision", precision, AUTO, "bfloat16", "float32");
  }

  private static void oneOf(String name, String field, String value, String... allowed) {
    require(name, List.of(allowed).contains(value), field, value, String.join(" or ", allowed));
  }

  private static void require(
      String name, boolean fine, String field, Object value, String allowed) {
    if (!fine) {
      throw refused(name, field + " is " + value, "make it " + allowed, null);
    }
  }

  /**
   * The learning rate of an update: up to the warm-up's end g/warmUp of the base, so 0 at g = 0.
   *
   * @param update how many updates came before
   */
  public double learningRate(long update) {
    if (update < warmUp) {
      return learningRate * update / warmUp;
    }
    if (schedule.equals("cosine") && steps > warmUp) {
      double done = Math.min(1, (double) (update - warmUp) / (steps - warmUp));
      return learningRate * (1 + Math.cos(Math.PI * done)) / 2;
    }
    return learningRate;
  }

  /** The task's settings as a typed object. */
  public <T> T config(Class<T> type) {
    return config(config, type);
  }

  /** Settings that the task has completed, as a typed object. */
  public <T> T config(JsonNode settings, Class<T> type) {
    try {
      return JSON.treeToValue(settings, type);
    } catch (UnrecognizedPropertyException e) {
      throw refused(
          task,
          "config has an unknown field '" + e.getPropertyName() + "'",
          "use one of " + e.getKnownPropertyIds(),
          e);
    } catch (JsonProcessingException e) {
      throw refused(
          task, "config cannot be used (" + e.getOriginalMessage() + ")", "correct it", e);
    }
  }

  /** The recipe with defaults written out, as kept beside the results. */
  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether two recipes train the same, but for how long and how often they report. */
  boolean continues(TrainingRecipe other) {
    return sameButReports().equals(other.sameButReports());
  }

  private JsonNode sameButReports() {
    ObjectNode tree = JSON.valueToTree(this);
    // The cosine depends on the number of steps.
    if (!schedule.equals("cosine")) {
      tree.remove("steps");
    }
    return tree.without(
        List.of(
            "description",
            "validateEvery",
            "checkpointEvery",
            "sampleEvery",
            "logEvery",
            "memoryLimit"));
  }

  static MaestroException refused(String name, String cause, String next, Exception underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT, "training " + name, cause, next, underlying);
  }
}
