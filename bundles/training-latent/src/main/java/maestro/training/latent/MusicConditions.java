package maestro.training.latent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.affect.AffectScale;
import maestro.affect.MusicAffect;
import maestro.api.sound.Mel;
import maestro.training.corpus.Corpus;

/**
 * What stands in for the film in training: the affect of the music itself, ranked over the corpus,
 * and the composer. The encoders {@code encoder.affect} and {@code encoder.composer} give the same
 * kinds of vector for a film.
 */
final class MusicConditions {
  /** Width of the composer's one-hot vector; place 0 is nobody. */
  static final int COMPOSERS = 32;

  private static final int PIECES = 2000;

  private final AffectScale scale;
  private final List<String> labels;

  MusicConditions(Corpus corpus, int frames) {
    List<double[]> raw = new ArrayList<>();
    for (Corpus.Piece piece : corpus.pieces("train", PIECES, frames, 4)) {
      raw.add(MusicAffect.of(mel(piece, frames)));
    }
    scale = AffectScale.of(raw);
    labels = corpus.labels();
    if (labels.size() >= COMPOSERS) {
      throw new IllegalArgumentException(
          labels.size() + " composers, there is room for " + (COMPOSERS - 1));
    }
  }

  private static Mel mel(Corpus.Piece piece, int frames) {
    return new Mel(
        frames,
        piece.track().channels(Corpus.MEL),
        piece.track().part(Corpus.MEL, piece.start(), frames));
  }

  /** Affect of a piece, −1 … 1 in five dimensions. */
  float[] affect(Corpus.Piece piece, int frames) {
    return scale.rank(MusicAffect.of(mel(piece, frames)));
  }

  /** The composer's place; 0 for nobody. */
  int composer(Corpus.Piece piece) {
    return 1 + labels.indexOf(piece.track().label());
  }

  /** Composers by their place less one. */
  List<String> labels() {
    return labels;
  }

  /** What a pack keeps of the music's scale, for those who want the affect of other music. */
  Map<String, Object> affectArchitecture() {
    Map<String, Object> quantiles = new LinkedHashMap<>();
    for (int d = 0; d < AffectScale.DIMENSIONS.size(); d++) {
      quantiles.put(AffectScale.DIMENSIONS.get(d), scale.quantiles()[d]);
    }
    return Map.of("music", quantiles);
  }
}
