package maestro.encoder.cinematic;

/** Mean and spread of numbers that pass by. */
final class Moments {
  private long count;
  private double sum;
  private double squares;
  private double least = Double.POSITIVE_INFINITY;
  private double greatest = Double.NEGATIVE_INFINITY;

  void add(double value) {
    count++;
    sum += value;
    squares += value * value;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }

  /** Mean, 0 of nothing. */
  double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** Variance over all of them, 0 of nothing. */
  double variance() {
    return count == 0 ? 0 : Math.max(0, squares / count - mean() * mean());
  }

  /** Least number, 0 of nothing. */
  double least() {
    return count == 0 ? 0 : least;
  }

  /** Greatest number, 0 of nothing. */
  double greatest() {
    return count == 0 ? 0 : greatest;
  }
}
