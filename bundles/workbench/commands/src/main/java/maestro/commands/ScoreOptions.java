package maestro.commands;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.graph.recipe.Recipe;
import maestro.graph.run.ScoreRequest;
import picocli.CommandLine.Option;

/** What may be given to a score in place of being heard, drawn or made. */
final class ScoreOptions {
  @Option(
      names = "--curve",
      paramLabel = "CONTROL=FILE",
      description =
          "Give a control as a file in place of hearing or drawing it: safetensors as 'controls'"
              + " writes it, points in time as .csv or .json, or for melody and onsets notes as .mid."
              + " Where it has no value, nothing is asked for.")
  Map<String, Path> curves = new LinkedHashMap<>();

  @Option(
      names = "--keep",
      paramLabel = "FOLDER",
      description = "Write every value that flows in the graph into a folder, as safetensors.")
  Path keep;

  @Option(
      names = "--from",
      paramLabel = "FOLDER",
      description = "Take the values that are in a folder, as --keep fills it, and make the rest.")
  Path from;

  /** A request with all of that. */
  ScoreRequest applied(ScoreRequest request) {
    Map<String, Path> files = new LinkedHashMap<>();
    curves.forEach(
        (name, file) -> {
          String control = Names.full("control", name);
          if (request.recipe().recipe().bundles().stream()
              .map(Recipe.Entry::id)
              .noneMatch(control::equals)) {
            throw new MaestroException(
                Kind.USAGE,
                "--curve",
                "recipe " + request.recipe().recipe().name() + " has no " + control,
                "add it to the recipe, or choose a control that is in it");
          }
          files.put(control, file);
        });
    return request
        .withCurves(files)
        .withValues(Optional.ofNullable(keep), Optional.ofNullable(from));
  }
}
