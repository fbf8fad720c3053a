package maestro.graph.recipe;

import maestro.api.run.Device;

/** Ranges of what a recipe says of the run as a whole. */
public final class RunSettings {
  private static final double DAY_SECONDS = 24 * 3600;

  private RunSettings() {}

  public static void check(Recipe recipe, Problems problems) {
    try {
      Device.parse(recipe.device());
    } catch (IllegalArgumentException e) {
      problems.add("device", e.getMessage(), "use auto, cpu or cuda:0");
    }
    range(problems, "guidanceScale", recipe.guidanceScale(), 0, 100, "the paper uses 7.5");
    range(problems, "melFrames", recipe.melFrames(), 64, 8192, "the paper uses 1024");
    range(
        problems,
        "crossFadeSeconds",
        recipe.crossFadeSeconds(),
        0,
        recipe.melFrames() / 200.0,
        "it is at most half a window; use 1");
    range(
        problems,
        "startSeconds",
        recipe.startSeconds(),
        0,
        DAY_SECONDS,
        "leave it out for the film's beginning");
    range(
        problems,
        "styleStartSeconds",
        recipe.styleStartSeconds(),
        0,
        DAY_SECONDS,
        "leave it out for the piece's beginning");
    if (recipe.durationSeconds() != null) {
      range(
          problems,
          "durationSeconds",
          recipe.durationSeconds(),
          0.1,
          DAY_SECONDS / 4,
          "leave it out for the film's length");
    }
  }

  private static void range(
      Problems problems, String field, double value, double least, double most, String next) {
    if (!(value >= least && value <= most)) {
      problems.add(
          field, "illegal value: " + value + ", must be between " + least + " and " + most, next);
    }
  }
}
