package maestro.encoder.cinematic;

import java.util.Arrays;

/**
 * Finds hard cuts in a film's changes from frame to frame (a sliding window with an adaptive
 * threshold, after Yeo and Liu 1995). A frame begins a shot when its change is at least 0.48, four
 * times the median change of the half second around it, and the greatest within 0.15 s. Fades and
 * dissolves are no cuts.
 */
final class Cuts {
  private static final double LEAST_CHANGE = 0.48;
  private static final double TIMES_THE_USUAL = 4;
  private static final double USUAL_SECONDS = 0.5;
  private static final double APART_SECONDS = 0.15;

  private Cuts() {}

  /**
   * Finds them.
   *
   * @param change of each frame from the one before; the first is ignored
   * @param framesPerSecond their rate
   * @return whether each frame begins a shot by a cut; the first does not
   */
  static boolean[] find(float[] change, double framesPerSecond) {
    int usual = (int) Math.max(1, Math.round(USUAL_SECONDS * framesPerSecond));
    int apart = (int) Math.round(APART_SECONDS * framesPerSecond);
    boolean[] cuts = new boolean[change.length];
    for (int t = 1; t < change.length; t++) {
      cuts[t] =
          change[t] >= LEAST_CHANGE
              && greatest(change, t, apart)
              && change[t] >= TIMES_THE_USUAL * medianAround(change, t, usual);
    }
    return cuts;
  }

  /** Of equals, the first counts. */
  private static boolean greatest(float[] change, int t, int apart) {
    for (int i = Math.max(1, t - apart); i < Math.min(change.length, t + apart + 1); i++) {
      if (i < t ? change[i] >= change[t] : change[i] > change[t]) {
        return false;
      }
    }
    return true;
  }

  private static double medianAround(float[] change, int t, int reach) {
    float[] around = new float[2 * reach];
    int count = 0;
    for (int i = Math.max(1, t - reach); i < Math.min(change.length, t + reach + 1); i++) {
      if (i != t) {
        around[count++] = change[i];
      }
    }
    if (count == 0) {
      return 0;
    }
    Arrays.sort(around, 0, count);
    return (around[(count - 1) / 2] + around[count / 2]) / 2;
  }
}
