package maestro.training.latent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import maestro.api.MaestroException;
import maestro.api.pack.PackPart;
import maestro.training.corpus.Corpus;

/**
 * The composers a diffusion model knows by name, as {@code source.composer} tells them to it.
 *
 * @param labels by their place less one; place 0 is nobody
 */
record Composers(List<String> labels) {
  /** The encoder's name. */
  static final String ENCODER = "source.composer";

  /** Width of the one-hot vector. */
  static final int WIDTH = 32;

  /**
   * Those of a corpus.
   *
   * @throws MaestroException of kind CONFIGURATION when there are more than 31
   */
  static Composers of(Corpus corpus) {
    List<String> labels = corpus.labels();
    if (labels.size() >= WIDTH) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "training latent-diffusion",
          "the corpus has " + labels.size() + " composers and there is room for " + (WIDTH - 1),
          "set composers to false");
    }
    return new Composers(labels);
  }

  /**
   * Those that a fusion was trained with, which a training that goes on with it must keep.
   *
   * @param fusion part {@code fusion.laff}
   * @return empty when it was trained without
   */
  static Optional<Composers> of(PackPart fusion) {
    if (fusion.architecture().get("encoders") instanceof Map<?, ?> encoders
        && encoders.get(ENCODER) instanceof Map<?, ?> entry
        && entry.get("labels") instanceof List<?> names) {
      List<String> labels = new ArrayList<>();
      names.forEach(name -> labels.add(String.valueOf(name)));
      return Optional.of(new Composers(List.copyOf(labels)));
    }
    return Optional.empty();
  }

  /** What is told where the composer is dropped: a 1 at place 0. */
  static List<Integer> nobody() {
    return IntStream.range(0, WIDTH).mapToObj(place -> place == 0 ? 1 : 0).toList();
  }

  /** The place of a piece's composer; 0 for nobody. */
  int place(Corpus.Piece piece) {
    return 1 + labels.indexOf(piece.track().label());
  }
}
