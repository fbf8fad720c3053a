package maestro.training.latent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.affect.AffectScale;
import maestro.affect.MusicAffect;
import maestro.api.pack.PackPart;
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
  private static final String MUSIC = "music";

  private final AffectScale scale;
  private final List<String> labels;

  private MusicConditions(AffectScale scale, List<String> labels) {
    this.scale = scale;
    this.labels = labels;
  }

  /** The scale and the composers of a corpus. */
  static MusicConditions of(Corpus corpus, int frames) {
    List<double[]> raw = new ArrayList<>();
    for (Corpus.Piece piece : corpus.pieces("train", PIECES, frames, 4)) {
      raw.add(MusicAffect.of(mel(piece, frames)));
    }
    List<String> labels = corpus.labels();
    if (labels.size() >= COMPOSERS) {
      throw new IllegalArgumentException(
          labels.size() + " composers, there is room for " + (COMPOSERS - 1));
    }
    return new MusicConditions(AffectScale.of(raw), labels);
  }

  /**
   * Those that a fusion was trained with, which a training that goes on with it must keep.
   *
   * @param fusion part {@code encoder.laff}
   * @return empty when it was not trained on music
   */
  static Optional<MusicConditions> of(PackPart fusion) {
    if (!(fusion.architecture().get("affect") instanceof Map<?, ?> affect)
        || !(affect.get(MUSIC) instanceof Map<?, ?> quantiles)) {
      return Optional.empty();
    }
    double[][] rows =
        AffectScale.DIMENSIONS.stream()
            .map(
                dimension ->
                    ((List<?>) quantiles.get(dimension))
                        .stream().mapToDouble(one -> ((Number) one).doubleValue()).toArray())
            .toArray(double[][]::new);
    List<String> labels = new ArrayList<>();
    if (fusion.architecture().get("encoders") instanceof Map<?, ?> encoders
        && encoders.get("encoder.composer") instanceof Map<?, ?> composer
        && composer.get("labels") instanceof List<?> names) {
      names.forEach(name -> labels.add(String.valueOf(name)));
    }
    return Optional.of(new MusicConditions(new AffectScale(rows), labels));
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
      quantiles.put(
          AffectScale.DIMENSIONS.get(d), Arrays.stream(scale.quantiles()[d]).boxed().toList());
    }
    return Map.of(MUSIC, quantiles);
  }
}
