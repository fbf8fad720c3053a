package maestro.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.files.Json;
import maestro.packs.PackBuilder;

/**
 * The parts that runs have trained, for a pack.
 *
 * @param runs folders of runs
 */
record RunParts(List<Path> runs) {
  private static final ObjectMapper JSON = Json.PLAIN;

  /** What a part cannot be used without, and the task that trains it. */
  private static final Map<String, List<String>> NEEDED =
      Map.of("denoiser", List.of("vae"), "branch", List.of("vae", "denoiser"));

  private static final Map<String, String> TASKS =
      Map.of("vae", "music-vae", "denoiser", "latent-diffusion");

  /**
   * Checks before anything is written that a recipe can use the pack.
   *
   * @param kept parts of the pack whose others are taken over
   * @throws MaestroException of kind INPUT that names what is missing
   */
  void refuseIncomplete(List<String> kept) {
    Set<String> there = new TreeSet<>(kept);
    Set<String> bases = new TreeSet<>();
    for (Path run : runs) {
      for (Path file : files(run)) {
        there.add(name(file));
      }
      if (Files.exists(run.resolve(RunFiles.RECIPE))) {
        Optional.ofNullable(TrainingRecipe.read(run.resolve(RunFiles.RECIPE)).pack)
            .ifPresent(bases::add);
      }
    }
    NEEDED.forEach(
        (part, needed) -> {
          for (String other : there.contains(part) ? needed : List.<String>of()) {
            if (!there.contains(other)) {
              throw new MaestroException(
                  Kind.INPUT,
                  "train pack",
                  "the runs have trained the part " + part + ", but no " + other + " that it needs",
                  "give --base "
                      + (bases.isEmpty() ? "PACK, a pack that has one" : String.join(" or ", bases))
                      + ", or a run of task "
                      + TASKS.get(other)
                      + " beside");
            }
          }
        });
  }

  private static List<Path> files(Path run) {
    List<Path> all = new ArrayList<>();
    try (var files = Files.newDirectoryStream(run.resolve(Trainer.PARTS), "*.safetensors")) {
      files.forEach(all::add);
    } catch (IOException e) {
      throw withoutParts(run, e);
    }
    all.sort(null);
    return all;
  }

  private static MaestroException withoutParts(Path run, IOException e) {
    return new MaestroException(
        Kind.INPUT,
        run.toString(),
        "it has no trained parts",
        "give the folder of a run that was validated at least once",
        e);
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".safetensors", "");
  }

  /** Adds them, and where they come from. */
  void addTo(PackBuilder builder, boolean half) {
    for (Path run : runs) {
      String updates = "0";
      try {
        for (Path file : files(run)) {
          updates = addPart(builder, file, half);
        }
      } catch (IOException e) {
        throw withoutParts(run, e);
      }
      if (Files.exists(run.resolve(RunFiles.RECIPE))) {
        TrainingRecipe recipe = TrainingRecipe.read(run.resolve(RunFiles.RECIPE));
        builder.origin(
            String.format(
                "trained by task %s, the best of %d updates after %s, seed %d: %s",
                recipe.task, recipe.steps, updates, recipe.seed, recipe.description));
      }
    }
  }

  /** Adds a part of a run and says after how many updates it was kept. */
  private static String addPart(PackBuilder builder, Path file, boolean half) throws IOException {
    String part = name(file);
    Map<String, Object> architecture = new LinkedHashMap<>();
    JSON.readTree(file.resolveSibling(part + ".json").toFile())
        .properties()
        .forEach(
            field ->
                architecture.put(
                    field.getKey(), JSON.convertValue(field.getValue(), Object.class)));
    try (Checkpoint checkpoint = Safetensors.open(file)) {
      List<Weight> weights =
          checkpoint.weights().values().stream()
              .map(weight -> half ? weight.toHalf() : weight)
              .toList();
      builder.part(part, weights, architecture);
      return checkpoint.metadata().getOrDefault("updates", "unknown");
    }
  }
}
