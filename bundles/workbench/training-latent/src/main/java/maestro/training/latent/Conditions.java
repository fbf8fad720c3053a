package maestro.training.latent;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import maestro.training.corpus.Corpus;

/**
 * What the diffusion model is told of a piece of music beside its composer: a feature for each
 * encoder of the fusion.
 */
interface Conditions {
  /** Encoders by plugin name with the widths of their features, in order. */
  Map<String, Integer> encoders();

  /**
   * A piece of a split.
   *
   * @param at uniform in [0, 1)
   */
  Corpus.Piece piece(String split, double at);

  /** How many pieces of a split have music of their own. */
  int room(String split);

  /**
   * The same pieces each time, spread evenly over a split.
   *
   * @param most of them, when there is room for as many
   */
  default List<Corpus.Piece> pieces(String split, int most) {
    int count = Math.min(most, room(split));
    return IntStream.range(0, count).mapToObj(i -> piece(split, (i + 0.5) / count)).toList();
  }

  /** The features of a piece, in the order of the encoders. */
  List<float[]> features(Corpus.Piece piece);

  /** What a pack's fusion keeps beside its encoders, for those who want such features again. */
  Map<String, Object> architecture();
}
