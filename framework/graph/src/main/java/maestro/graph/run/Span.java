package maestro.graph.run;

import maestro.graph.recipe.Recipe;

/**
 * A piece of a film's time.
 *
 * @param beginSeconds first moment
 * @param endSeconds first moment after it; infinite for the rest of the film
 */
public record Span(double beginSeconds, double endSeconds) {
  /** What a recipe takes of a film. */
  static Span of(Recipe recipe) {
    return new Span(
        recipe.startSeconds(),
        recipe.durationSeconds() == null
            ? Double.POSITIVE_INFINITY
            : recipe.startSeconds() + recipe.durationSeconds());
  }

  /** Length within a film of that duration. */
  double seconds(double duration) {
    return Math.max(0, Math.min(endSeconds, duration) - beginSeconds);
  }
}
