package maestro.statistics;

/** Points of a space, compared by their Euclidean distance. */
public final class Points {
  private Points() {}

  /**
   * The nearest of some points, the first of several that are equally near.
   *
   * @param others of the same width
   * @return its place; −1 when there is none
   */
  public static int nearest(float[] point, float[][] others) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int n = 0; n < others.length; n++) {
      double squares = 0;
      for (int i = 0; i < point.length; i++) {
        double difference = point[i] - others[n][i];
        squares += difference * difference;
      }
      if (squares < least) {
        least = squares;
        best = n;
      }
    }
    return best;
  }
}
