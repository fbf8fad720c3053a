package maestro.training.latent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.affect.AffectScale;
import maestro.affect.MusicAffect;
import maestro.api.pack.PackPart;
import maestro.api.sound.Mel;
import maestro.training.corpus.Corpus;

/**
 * What stands in for the film where music comes without one: the affect of the music itself, ranked
 * over the corpus, −1 … 1 in five dimensions. {@code encoder.affect} gives a film the same kind of
 * vector. Not in the paper.
 */
final class MusicConditions implements Conditions {
  private static final String ENCODER = "encoder.affect";
  private static final int PIECES = 2000;
  private static final String MUSIC = "music";

  private final AffectScale scale;
  private final Corpus corpus;
  private final int frames;
  private final int multiple;

  private MusicConditions(AffectScale scale, Corpus corpus, int frames, int multiple) {
    this.scale = scale;
    this.corpus = corpus;
    this.frames = frames;
    this.multiple = multiple;
  }

  /**
   * The conditions of a corpus's music.
   *
   * @param fusion part {@code fusion.laff} of the pack, whose scale a training that goes on with it
   *     must keep; empty when there is none
   * @param frames of a piece
   * @param multiple a piece begins at a multiple of this many mel frames
   */
  static MusicConditions of(Corpus corpus, Optional<PackPart> fusion, int frames, int multiple) {
    AffectScale scale =
        fusion.flatMap(MusicConditions::scale).orElseGet(() -> scale(corpus, frames, multiple));
    return new MusicConditions(scale, corpus, frames, multiple);
  }

  private static AffectScale scale(Corpus corpus, int frames, int multiple) {
    List<double[]> raw = new ArrayList<>();
    for (Corpus.Piece piece : corpus.pieces("train", PIECES, frames, multiple)) {
      raw.add(MusicAffect.of(mel(piece, frames)));
    }
    return AffectScale.of(raw);
  }

  /** That of a fusion; empty when it was not trained on music. */
  private static Optional<AffectScale> scale(PackPart fusion) {
    if (!(fusion.architecture().get("affect") instanceof Map<?, ?> affect)
        || !(affect.get(MUSIC) instanceof Map<?, ?> quantiles)) {
      return Optional.empty();
    }
    return Optional.of(AffectScale.of(quantiles));
  }

  private static Mel mel(Corpus.Piece piece, int frames) {
    return new Mel(
        frames,
        piece.track().channels(Corpus.MEL),
        piece.track().part(Corpus.MEL, piece.start(), frames));
  }

  @Override
  public Map<String, Integer> encoders() {
    return Map.of(ENCODER, AffectScale.DIMENSIONS.size());
  }

  @Override
  public Corpus.Piece piece(String split, double at) {
    return corpus.piece(split, at, frames, multiple);
  }

  @Override
  public int room(String split) {
    return corpus.room(split, frames);
  }

  @Override
  public List<float[]> features(Corpus.Piece piece) {
    return List.of(scale.rank(MusicAffect.of(mel(piece, frames))));
  }

  /** The music's scale. */
  @Override
  public Map<String, Object> architecture() {
    return Map.of("affect", Map.of(MUSIC, scale.toJson()));
  }
}
