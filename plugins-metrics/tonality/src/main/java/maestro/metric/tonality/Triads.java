package maestro.metric.tonality;

/**
 * How much more a chroma vector is like a major or minor triad than like other sets of three notes.
 *
 * <p>The chroma is less its mean and of length 1, so are the binary templates; a match is their
 * inner product, Pearson's correlation (templates of triads after Fujishima 1999). Of the best
 * match with the 24 triads is taken off the mean best match with the 24 forms of each of the six
 * other three-note sets that have as many (0 1 3, 0 1 4, 0 1 5, 0 1 6, 0 2 5, 0 2 6): a single note
 * or an even spectrum is like all of them.
 */
final class Triads {
  private static final int CLASSES = 12;
  private static final int[] TRIAD = {4, 7};
  private static final int[][] OTHERS = {{1, 3}, {1, 4}, {1, 5}, {1, 6}, {2, 5}, {2, 6}};

  private Triads() {}

  /**
   * The clarity of a chord.
   *
   * @param chroma twelve amplitudes
   * @return 0.45 for a pure triad, about 0 for a single note, below 0 for clusters; 0 when all
   *     classes are alike
   */
  static double clarity(double[] chroma) {
    double mean = 0;
    for (double value : chroma) {
      mean += value / CLASSES;
    }
    double squares = 0;
    double[] centred = new double[CLASSES];
    for (int c = 0; c < CLASSES; c++) {
      centred[c] = chroma[c] - mean;
      squares += centred[c] * centred[c];
    }
    if (!(squares > 0)) {
      return 0;
    }
    double others = 0;
    for (int[] other : OTHERS) {
      others += best(centred, other) / OTHERS.length;
    }
    // A template less its mean: three of ¾, nine of -¼, of length 3/2. As the chroma has mean 0,
    // the match is the sum of three classes over that length.
    return (best(centred, TRIAD) - others) / (1.5 * Math.sqrt(squares));
  }

  /** The greatest sum of three classes that are so many above, or below, one of them. */
  private static double best(double[] chroma, int[] steps) {
    double best = Double.NEGATIVE_INFINITY;
    for (int root = 0; root < CLASSES; root++) {
      double up = chroma[(root + steps[0]) % CLASSES] + chroma[(root + steps[1]) % CLASSES];
      double down =
          chroma[(root + CLASSES - steps[0]) % CLASSES]
              + chroma[(root + CLASSES - steps[1]) % CLASSES];
      best = Math.max(best, chroma[root] + Math.max(up, down));
    }
    return best;
  }
}
