package maestro.graph.run;

import java.util.List;
import java.util.Map;
import maestro.api.film.FilmClip;
import maestro.api.score.Score;

/**
 * A finished run.
 *
 * @param score the music and its manifest
 * @param film what was scored
 * @param windows how many windows of the model it took
 * @param shapedBy share of each encoder in the condition, averaged over the windows; empty when the
 *     fusion has none
 * @param remarks what the parts had to say
 * @param stages how many stages the run had
 * @param computed how many of them were computed; the others came from the cache
 */
public record ScoreResult(
    Score score,
    FilmClip film,
    int windows,
    Map<String, Double> shapedBy,
    List<String> remarks,
    int stages,
    int computed) {
  /** Copies the list. */
  public ScoreResult {
    remarks = List.copyOf(remarks);
  }
}
