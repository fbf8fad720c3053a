package maestro.graph.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import maestro.graph.recipe.ResolvedRecipe;

/**
 * What to score.
 *
 * @param recipe how
 * @param film the film
 * @param style the piece whose melody and dynamics steer the score, when the recipe has controls
 * @param output where the result goes: {@code .wav} for the music alone, {@code .mp4}, {@code
 *     .m4v}, {@code .mov} or {@code .mkv} for the film with its score; empty to keep it in memory
 * @param curves files of controls that are given instead of heard or drawn, by the control's name
 * @param keep a folder for every value that flowed, as safetensors; it is made
 * @param from a folder as {@code keep} fills it, whose values are taken instead of made
 */
public record ScoreRequest(
    ResolvedRecipe recipe,
    Path film,
    Optional<Path> style,
    Optional<Path> output,
    Map<String, Path> curves,
    Optional<Path> keep,
    Optional<Path> from) {
  /** Copies the map. */
  public ScoreRequest {
    curves = Map.copyOf(curves);
  }

  /** A score whose values all come from the recipe. */
  public ScoreRequest(
      ResolvedRecipe recipe, Path film, Optional<Path> style, Optional<Path> output) {
    this(recipe, film, style, output, Map.of(), Optional.empty(), Optional.empty());
  }

  /** The same with controls given as files. */
  public ScoreRequest withCurves(Map<String, Path> files) {
    return new ScoreRequest(recipe, film, style, output, files, keep, from);
  }

  /** The same, keeping its values in a folder, or taking some from one. */
  public ScoreRequest withValues(Optional<Path> keepIn, Optional<Path> takeFrom) {
    return new ScoreRequest(recipe, film, style, output, curves, keepIn, takeFrom);
  }
}
