package maestro.signal;

/** What is put before and after a signal so that the first and last frames are whole. */
public enum Padding {
  /** The signal mirrored at its first and last sample, neither repeated. */
  REFLECT,
  /** Silence. */
  ZERO;

  /**
   * Pads a signal.
   *
   * @param samples at least one
   * @param before samples to put in front
   * @param after samples to put behind
   */
  public float[] pad(float[] samples, int before, int after) {
    float[] padded = new float[before + samples.length + after];
    System.arraycopy(samples, 0, padded, before, samples.length);
    if (this == REFLECT && samples.length > 1) {
      int period = 2 * (samples.length - 1);
      for (int i = 1; i <= before; i++) {
        padded[before - i] = samples[mirror(i % period, samples.length)];
      }
      for (int i = 0; i < after; i++) {
        padded[before + samples.length + i] =
            samples[mirror((samples.length + i) % period, samples.length)];
      }
    } else if (this == REFLECT && samples.length == 1) {
      java.util.Arrays.fill(padded, samples[0]);
    }
    return padded;
  }

  private static int mirror(int index, int length) {
    return index < length ? index : 2 * (length - 1) - index;
  }
}
