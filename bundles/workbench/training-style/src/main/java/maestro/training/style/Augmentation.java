package maestro.training.style;

import maestro.networks.StyleNetwork;

/**
 * Another mastering of a piece: louder or softer, and through an equaliser, so that a network does
 * not tell tracks by how they were mastered.
 *
 * <p>On a log-mel both are sums: one number for the gain, and a curve over the bands, linear
 * between six numbers. The front end's floor stays the floor.
 *
 * @param gainDb the gain is uniform in plus and minus this
 * @param equaliserDb and so is each of the curve's numbers in this
 */
record Augmentation(double gainDb, double equaliserDb) {
  /** Uniform numbers that one augmentation takes. */
  static final int DRAWS = 1 + 6;

  private static final int KNOTS = DRAWS - 1;
  private static final float NEPERS_A_DB = (float) (Math.log(10) / 20);
  private static final float FLOOR = (float) Math.log(1e-5);

  /**
   * Changes a piece in place.
   *
   * @param mel log-mel, {@code [frames, 64]} row after row
   * @param draws uniform in [0, 1)
   * @param at where this augmentation's {@link #DRAWS} numbers begin
   */
  void apply(float[] mel, double[] draws, int at) {
    int bands = StyleNetwork.BANDS;
    float[] change = new float[bands];
    double gain = (2 * draws[at] - 1) * gainDb;
    for (int m = 0; m < bands; m++) {
      double place = (double) m * (KNOTS - 1) / (bands - 1);
      int knot = Math.min(KNOTS - 2, (int) place);
      double left = 2 * draws[at + 1 + knot] - 1;
      double right = 2 * draws[at + 2 + knot] - 1;
      double curve = equaliserDb * (left + (right - left) * (place - knot));
      change[m] = (float) ((gain + curve) * NEPERS_A_DB);
    }
    for (int i = 0; i < mel.length; i++) {
      if (mel[i] > FLOOR) {
        mel[i] = Math.max(FLOOR, mel[i] + change[i % bands]);
      }
    }
  }
}
