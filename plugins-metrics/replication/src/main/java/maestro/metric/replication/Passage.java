package maestro.metric.replication;

import java.util.Arrays;

/**
 * Three seconds of a clip, q, that slide along a piece, x: r(s) = Σ q̃[b,t]·x̃[b,s+t] / (|q̃|·|x̃|)
 * over bands b and frames t, where ~ takes each band's mean over its passage off.
 *
 * <p>Σ q̃·x̃ = Σ q̃·x, so that the mean of x is never taken off; |x̃| comes from running sums. The
 * sums are made directly, in runs that the processor adds up many at a time and that stay in its
 * cache: half a second for six hours of music, and no memory for their spectra. A passage that
 * hardly moves, by less than 0.05 in the mean square, counts as one that moves so much: silence is
 * like nothing.
 */
final class Passage {
  /** 3 s. */
  static final int FRAMES = 75;

  private static final double SECONDS_PER_FRAME = 0.04;
  private static final double LEAST_MEAN_SQUARE = 0.05;

  /** Frames added up at once in {@link #add}; divides {@link #FRAMES}. */
  private static final int UNROLLED = 5;

  private static final int RUN = 1024;

  private final int from;
  private final float[] shape;

  /**
   * A passage of a clip.
   *
   * @param from its first frame; 75 must follow
   */
  Passage(Levels clip, int from) {
    this.from = from;
    int bands = clip.values().length / clip.frames();
    double[] values = new double[bands * FRAMES];
    double squares = 0;
    for (int b = 0; b < bands; b++) {
      int at = b * clip.frames() + from;
      double mean = 0;
      for (int t = 0; t < FRAMES; t++) {
        mean += (double) clip.values()[at + t] / FRAMES;
      }
      for (int t = 0; t < FRAMES; t++) {
        double value = clip.values()[at + t] - mean;
        values[b * FRAMES + t] = value;
        squares += value * value;
      }
    }
    double length = Math.sqrt(Math.max(squares, LEAST_MEAN_SQUARE * values.length));
    shape = new float[values.length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = (float) (values[i] / length);
    }
  }

  /** Where it begins in its clip. */
  double seconds() {
    return from * SECONDS_PER_FRAME;
  }

  /**
   * The passage of a piece that is most like this one.
   *
   * @param correlation −1 … 1; −1 when the piece is shorter than a passage
   * @param seconds where it begins
   */
  record Match(double correlation, double seconds) {}

  Match nearest(Levels piece) {
    int shifts = piece.frames() - FRAMES + 1;
    double best = -1;
    int at = 0;
    double[] lengths = lengths(piece, Math.max(0, shifts));
    float[] sums = new float[RUN];
    for (int begin = 0; begin < shifts; begin += RUN) {
      int count = Math.min(RUN, shifts - begin);
      Arrays.fill(sums, 0);
      for (int b = 0; b * FRAMES < shape.length; b++) {
        for (int t = 0; t < FRAMES; t += UNROLLED) {
          add(sums, count, piece.values(), b * piece.frames() + begin + t, b * FRAMES + t);
        }
      }
      for (int s = 0; s < count; s++) {
        double correlation = sums[s] / lengths[begin + s];
        if (correlation > best) {
          best = correlation;
          at = begin + s;
        }
      }
    }
    return new Match(best, at * SECONDS_PER_FRAME);
  }

  /** sums[s] += Σ shape[q + k]·x[at + s + k]. */
  private void add(float[] sums, int count, float[] x, int at, int q) {
    float q0 = shape[q];
    float q1 = shape[q + 1];
    float q2 = shape[q + 2];
    float q3 = shape[q + 3];
    float q4 = shape[q + 4];
    for (int s = 0; s < count; s++) {
      int i = at + s;
      sums[s] += q0 * x[i] + q1 * x[i + 1] + q2 * x[i + 2] + q3 * x[i + 3] + q4 * x[i + 4];
    }
  }

  /** |x̃| at each shift. */
  private static double[] lengths(Levels piece, int shifts) {
    double[] squares = new double[shifts];
    int bands = shifts == 0 ? 0 : piece.values().length / piece.frames();
    for (int b = 0; b < bands; b++) {
      int row = b * piece.frames();
      double sum = 0;
      double square = 0;
      for (int t = 0; t < piece.frames(); t++) {
        double value = piece.values()[row + t];
        sum += value;
        square += value * value;
        if (t >= FRAMES) {
          double gone = piece.values()[row + t - FRAMES];
          sum -= gone;
          square -= gone * gone;
        }
        if (t >= FRAMES - 1) {
          squares[t - FRAMES + 1] += square - sum * sum / FRAMES;
        }
      }
    }
    for (int s = 0; s < shifts; s++) {
      squares[s] = Math.sqrt(Math.max(squares[s], LEAST_MEAN_SQUARE * bands * FRAMES));
    }
    return squares;
  }
}
