package maestro.signal;

/** Marks of events on a curve: raised-cosine bumps; where two meet the higher value stays. */
public final class Bumps {
  private Bumps() {}

  /**
   * Adds one to a channel.
   *
   * @param values {@code [frames, channels]}, not below 0
   * @param channels number of channels
   * @param channel the one that is marked
   * @param centre frame of the event; may lie outside, then only its slope is seen
   * @param height in the middle, above 0
   * @param spread frames on each side over which it fades out, 0 or more
   */
  public static void add(
      float[] values, int channels, int channel, long centre, double height, int spread) {
    int frames = values.length / channels;
    for (int d = -spread; d <= spread; d++) {
      long t = centre + d;
      if (t >= 0 && t < frames) {
        int at = (int) t * channels + channel;
        float value = (float) (height * (0.5 + 0.5 * Math.cos(Math.PI * d / (spread + 1))));
        values[at] = Math.max(values[at], value);
      }
    }
  }
}
