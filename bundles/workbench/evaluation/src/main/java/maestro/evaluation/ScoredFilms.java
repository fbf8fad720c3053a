package maestro.evaluation;

import java.nio.file.Path;
import java.util.List;
import maestro.api.film.FilmFeature;
import maestro.api.metric.ScoredFilm;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.GenerationGraph;
import maestro.graph.run.RunObserver;

/** Films as encoders see them, kept in the stage cache. */
final class ScoredFilms {
  private final GenerationGraph graph;
  private final double seconds;
  private final RunObserver observer;

  /**
   * Films of one evaluation.
   *
   * @param seconds of each piece that are looked at, fewer where the film ends
   * @param observer can cancel
   */
  ScoredFilms(GenerationGraph graph, double seconds, RunObserver observer) {
    this.graph = graph;
    this.seconds = seconds;
    this.observer = observer;
  }

  /**
   * A piece of a film.
   *
   * @param startSeconds where it begins
   */
  record Piece(Path film, double startSeconds) {}

  /** What metrics get of a piece. */
  ScoredFilm of(Piece piece) {
    return encoder -> seen(piece, encoder);
  }

  /** What an encoder with its default settings sees. */
  FilmFeature seen(Piece piece, String encoder) {
    Recipe look =
        Recipe.change(List.of(), List.of(Recipe.Entry.of(encoder)))
            .named("look at " + piece.film().getFileName());
    ResolvedRecipe recipe =
        ResolvedRecipe.of(look)
            .changedBy(Laboratory.settings(null, piece.startSeconds(), seconds, null));
    return graph.features(recipe, piece.film(), observer).features().values().iterator().next();
  }
}
