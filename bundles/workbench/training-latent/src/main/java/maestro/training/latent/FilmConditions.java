package maestro.training.latent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Films;

/**
 * The features of the film that a piece of music comes with (paper, section 3.1 and appendix B).
 */
final class FilmConditions implements Conditions {
  private final Map<String, Integer> encoders;
  private final Map<String, List<Corpus.Piece>> splits = new LinkedHashMap<>();
  private final Map<Corpus.Piece, List<float[]>> features = new LinkedHashMap<>();

  /**
   * Conditions of a corpus with films.
   *
   * @param multiple music begins at a multiple of this many mel frames, near the clip's beginning
   */
  FilmConditions(Films films, int multiple) {
    encoders = films.encoders();
    for (String split : List.of("train", "val")) {
      List<Corpus.Piece> pieces = new ArrayList<>();
      for (Films.Seen clip : films.clips(split)) {
        int start = clip.piece().start() / multiple * multiple;
        Corpus.Piece piece = new Corpus.Piece(clip.piece().track(), start);
        pieces.add(piece);
        features.put(piece, clip.features());
      }
      splits.put(split, pieces);
    }
  }

  @Override
  public Map<String, Integer> encoders() {
    return encoders;
  }

  @Override
  public Corpus.Piece piece(String split, double at) {
    List<Corpus.Piece> pieces = splits.get(split);
    return pieces.get((int) (at * pieces.size()));
  }

  @Override
  public int room(String split) {
    return splits.get(split).size();
  }

  @Override
  public List<float[]> features(Corpus.Piece piece) {
    return features.get(piece);
  }

  @Override
  public Map<String, Object> architecture() {
    return Map.of();
  }
}
