package maestro.statistics;

/**
 * Pearson's correlation of pairs that come one by one or set by set, merged without loss (Chan,
 * Golub and LeVeque 1979); and Spearman's, which is that of the ranks.
 */
public final class Correlation {
  private long count;
  private double meanX;
  private double meanY;
  private double xx;
  private double yy;
  private double xy;

  /** Of no pairs yet. */
  public Correlation() {}

  /** Adds a pair. */
  public void add(double x, double y) {
    count++;
    double dx = x - meanX;
    double dy = y - meanY;
    meanX += dx / count;
    meanY += dy / count;
    xx += dx * (x - meanX);
    yy += dy * (y - meanY);
    xy += dx * (y - meanY);
  }

  /** Adds the pairs of another. */
  public void add(Correlation other) {
    if (other.count == 0) {
      return;
    }
    long total = count + other.count;
    double dx = other.meanX - meanX;
    double dy = other.meanY - meanY;
    double weight = (double) count * other.count / total;
    xx += other.xx + dx * dx * weight;
    yy += other.yy + dy * dy * weight;
    xy += other.xy + dx * dy * weight;
    meanX += dx * other.count / total;
    meanY += dy * other.count / total;
    count = total;
  }

  /**
   * Pearson's r.
   *
   * @param still variance below which a side stands still
   * @return −1 … 1; NaN for fewer than two pairs and when one side stands still
   */
  public double r(double still) {
    boolean fixed = count < 2 || !(xx / count > still && yy / count > still);
    return fixed ? Double.NaN : xy / Math.sqrt(xx * yy);
  }

  /**
   * Spearman's ρ of two series of one length; equal values share the mean of their ranks.
   *
   * @return −1 … 1; NaN for fewer than two pairs and when one side is constant
   */
  public static double spearman(double[] x, double[] y) {
    double[] ranksX = Ranks.of(x);
    double[] ranksY = Ranks.of(y);
    Correlation correlation = new Correlation();
    for (int i = 0; i < x.length; i++) {
      correlation.add(ranksX[i], ranksY[i]);
    }
    return correlation.r(0);
  }
}
