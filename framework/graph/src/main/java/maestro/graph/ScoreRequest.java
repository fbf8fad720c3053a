package maestro.graph;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What to score.
 *
 * @param recipe how
 * @param film the film
 * @param style the piece whose melody and dynamics steer the score, when the recipe has controls
 * @param output where the result goes: {@code .wav} for the music alone, {@code .mp4}, {@code
 *     .m4v}, {@code .mov} or {@code .mkv} for the film with its score; empty to keep it in memory
 */
public record ScoreRequest(
    ResolvedRecipe recipe, Path film, Optional<Path> style, Optional<Path> output) {}
