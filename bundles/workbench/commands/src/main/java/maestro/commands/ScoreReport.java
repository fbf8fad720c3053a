package maestro.commands;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.ScoreResult;
import maestro.runtime.command.CommandOptions;

/** What is printed at the end of a scoring. */
final class ScoreReport {
  private ScoreReport() {}

  static Map<String, Object> json(
      Path output, ResolvedRecipe recipe, ScoreResult result, double elapsedSeconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", output.toString());
    json.put("seconds", result.score().sound().seconds());
    json.put("sampleRateHz", result.score().sound().sampleRateHz());
    json.put("recipe", recipe.recipe().name());
    json.put("recipeDigest", recipe.digest());
    json.put("seed", recipe.recipe().seed());
    json.put("windows", result.windows());
    json.put("shapedBy", result.shapedBy());
    json.put("remarks", result.remarks());
    json.put("stages", result.stages());
    json.put("computed", result.computed());
    json.put("elapsedSeconds", elapsedSeconds);
    return json;
  }

  static void print(
      CommandOptions options,
      Path output,
      ResolvedRecipe recipe,
      ScoreResult result,
      double elapsedSeconds) {
    options.output().result(json(output, recipe, result, elapsedSeconds));
    options
        .output()
        .line(
            "%s: %.2f s of music, recipe %s, seed %d, made in %.1f s",
            output,
            result.score().sound().seconds(),
            recipe.recipe().name(),
            recipe.recipe().seed(),
            elapsedSeconds);
    if (!result.shapedBy().isEmpty()) {
      options
          .output()
          .line(
              "film condition: %s",
              result.shapedBy().entrySet().stream()
                  .map(
                      e -> String.format(Locale.ROOT, "%s %.0f %%", e.getKey(), 100 * e.getValue()))
                  .collect(Collectors.joining(", ")));
    }
    result.remarks().forEach(remark -> options.output().line("note: %s", remark));
  }
}
