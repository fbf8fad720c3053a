package maestro.training.latent;

import maestro.training.corpus.Corpus;

/**
 * Mean and deviation of a control over the training tracks, by which it is standardised. A control
 * of several channels is fed as it is, mean 0 and deviation 1: its channels are alternatives, as
 * the twelve of the melody.
 */
record ControlScale(double mean, double deviation) {
  private static final int PIECES = 2000;

  /** The scale of a control of the corpus. */
  static ControlScale of(Corpus corpus, String control, int channels, int frames) {
    if (channels > 1) {
      return new ControlScale(0, 1);
    }
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (Corpus.Piece piece : corpus.pieces("train", PIECES, frames, 4)) {
      int there = Math.min(frames, piece.track().rows(control) - piece.start());
      for (float value : piece.track().part(control, piece.start(), there)) {
        sum += value;
        squares += (double) value * value;
        count++;
      }
    }
    double mean = sum / count;
    return new ControlScale(mean, Math.sqrt(Math.max(1e-12, squares / count - mean * mean)));
  }
}
