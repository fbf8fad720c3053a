package maestro.api.control;

/**
 * One control over time.
 *
 * @param frames T
 * @param channels C, for instance 12 for melody and 1 for dynamics
 * @param values {@code [T, C]}, row after row
 */
public record ControlSignal(int frames, int channels, float[] values) {
  /** Checks the size. */
  public ControlSignal {
    if (frames < 1 || channels < 1 || values.length != (long) frames * channels) {
      throw new IllegalArgumentException(
          "control signal: ["
              + frames
              + ", "
              + channels
              + "] does not hold "
              + values.length
              + " values");
    }
  }

  /** The control set to zero: it asks for nothing. */
  public static ControlSignal zero(int frames, int channels) {
    return new ControlSignal(frames, channels, new float[Math.multiplyExact(frames, channels)]);
  }

  /** One value. */
  public float at(int frame, int channel) {
    return values[frame * channels + channel];
  }

  /** The strongest channel of a frame, the first on a tie; −1 when all are zero. */
  public int argmax(int frame) {
    int best = -1;
    float most = 0;
    for (int c = 0; c < channels; c++) {
      float value = at(frame, c);
      if (value > most) {
        most = value;
        best = c;
      }
    }
    return best;
  }
}
