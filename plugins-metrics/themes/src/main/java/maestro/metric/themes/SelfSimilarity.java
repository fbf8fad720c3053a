package maestro.metric.themes;

import java.util.Arrays;

/**
 * How much more the passages of a piece are like later ones than like later ones turned round in
 * time.
 *
 * <p>With unit vectors v[t], one a frame, the similarity of the passages of L frames from i and
 * from j is F(i, j) = mean over k of v[i+k]·v[j+k], a piece of a diagonal of the self-similarity
 * matrix (Foote 1999); with the later one turned round it is R(i, j) = mean over k of
 * v[i+k]·v[j+L−1−k]. For each passage the best F and the best R are taken over all j from i + 2L,
 * so that at least a passage lies between the two. What does not change, or has no direction in
 * time, is as like one way as the other.
 */
final class SelfSimilarity {
  private final double[][] frames;
  private final int length;
  private final int first;
  private final double[] forwards;
  private final double[] backwards;

  private SelfSimilarity(double[][] frames, int length) {
    this.frames = frames;
    this.length = length;
    this.first = 2 * length;
    this.forwards = new double[Math.max(0, frames.length - length + 1 - first)];
    this.backwards = forwards.clone();
    Arrays.fill(forwards, Double.NEGATIVE_INFINITY);
    Arrays.fill(backwards, Double.NEGATIVE_INFINITY);
  }

  /**
   * Mean over the passages of their best likeness, the right way less the wrong way round.
   *
   * @param frames unit vectors; zeros for a frame that is like nothing
   * @param length L, frames of a passage
   * @return −1 … 1; NaN for fewer than 3L frames
   */
  static double themeReturn(double[][] frames, int length) {
    SelfSimilarity similarity = new SelfSimilarity(frames, length);
    similarity.compare();
    double sum = 0;
    for (int i = 0; i < similarity.forwards.length; i++) {
      sum += similarity.forwards[i] - similarity.backwards[i];
    }
    return similarity.forwards.length == 0 ? Double.NaN : sum / similarity.forwards.length;
  }

  private void compare() {
    int count = frames.length;
    for (int lag = first; lag + length <= count; lag++) {
      double[] sums = new double[count - lag + 1];
      for (int t = 0; t + lag < count; t++) {
        sums[t + 1] = sums[t] + product(t, t + lag);
      }
      for (int i = 0; i + lag + length <= count; i++) {
        forwards[i] = Math.max(forwards[i], (sums[i + length] - sums[i]) / length);
      }
    }
    // Frames a and b of two passages, one turned round, have the same sum all along: i + j + L − 1.
    for (int sum = first + length - 1; sum < 2 * count - length; sum++) {
      int from = Math.max(0, sum - count + 1);
      int to = (sum - first - length + 1) / 2 + length;
      double[] sums = new double[Math.max(0, to - from) + 1];
      for (int a = from; a < to; a++) {
        sums[a - from + 1] = sums[a - from] + product(a, sum - a);
      }
      for (int i = from; i + length <= to; i++) {
        double mean = (sums[i - from + length] - sums[i - from]) / length;
        backwards[i] = Math.max(backwards[i], mean);
      }
    }
  }

  private double product(int a, int b) {
    double sum = 0;
    for (int c = 0; c < frames[a].length; c++) {
      sum += frames[a][c] * frames[b][c];
    }
    return sum;
  }
}
