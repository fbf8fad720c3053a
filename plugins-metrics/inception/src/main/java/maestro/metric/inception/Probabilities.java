package maestro.metric.inception;

/** Inception score and divergences of class logits, in double. */
final class Probabilities {
  private static final double TINY = 1e-6;

  private Probabilities() {}

  /**
   * Inception score of every split, exp of the mean divergence of the clips' class probabilities
   * from their mean (Salimans et al. 2016).
   *
   * @param logits {@code [clips][classes]}
   * @param order in which clips are dealt to splits
   * @param splits at most the number of clips; split i takes places i·N/splits to (i + 1)·N/splits
   *     of the order
   */
  static double[] inceptionScores(double[][] logits, int[] order, int splits) {
    double[] scores = new double[splits];
    for (int split = 0; split < splits; split++) {
      int from = (int) ((long) split * order.length / splits);
      int to = (int) ((long) (split + 1) * order.length / splits);
      int classes = logits[0].length;
      double[][] p = new double[to - from][];
      double[] mean = new double[classes];
      for (int n = from; n < to; n++) {
        p[n - from] = softmax(logits[order[n]]);
        for (int c = 0; c < classes; c++) {
          mean[c] += p[n - from][c] / (to - from);
        }
      }
      double divergence = 0;
      for (double[] clip : p) {
        for (int c = 0; c < classes; c++) {
          divergence += clip[c] == 0 ? 0 : clip[c] * (Math.log(clip[c]) - Math.log(mean[c]));
        }
      }
      scores[split] = Math.exp(divergence / p.length);
    }
    return scores;
  }

  /** KL(reference‖generated) of one clip, Σ p·(ln p − ln(q + 1e-6)), of softmax probabilities. */
  static double divergence(double[] reference, double[] generated) {
    return divergenceOf(softmax(reference), softmax(generated));
  }

  /** The same sum over probabilities of single classes, σ(logit), which do not add up to 1. */
  static double sigmoidDivergence(double[] reference, double[] generated) {
    return divergenceOf(sigmoid(reference), sigmoid(generated));
  }

  private static double divergenceOf(double[] p, double[] q) {
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      sum += p[c] == 0 ? 0 : p[c] * (Math.log(p[c]) - Math.log(q[c] + TINY));
    }
    return sum;
  }

  static double[] softmax(double[] logits) {
    double most = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      most = Math.max(most, logit);
    }
    double sum = 0;
    double[] p = new double[logits.length];
    for (int c = 0; c < p.length; c++) {
      p[c] = Math.exp(logits[c] - most);
      sum += p[c];
    }
    for (int c = 0; c < p.length; c++) {
      p[c] /= sum;
    }
    return p;
  }

  private static double[] sigmoid(double[] logits) {
    double[] p = new double[logits.length];
    for (int c = 0; c < p.length; c++) {
      p[c] = 1 / (1 + Math.exp(-logits[c]));
    }
    return p;
  }
}
