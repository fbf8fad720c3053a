package maestro.api.sound;

/**
 * Sound in memory.
 *
 * @param channels {@code [channels][samples]}, nominal range −1 … 1, all of one length
 * @param sampleRateHz samples per second
 */
public record Sound(float[][] channels, int sampleRateHz) {
  /** Checks the channels. */
  public Sound {
    if (channels.length == 0 || sampleRateHz < 1) {
      throw new IllegalArgumentException(
          "sound: "
              + channels.length
              + " channels at "
              + sampleRateHz
              + " Hz, must be at least one of each");
    }
    for (float[] channel : channels) {
      if (channel.length != channels[0].length) {
        throw new IllegalArgumentException("sound: channels of different length");
      }
    }
  }

  /** One channel. */
  public static Sound mono(float[] samples, int sampleRateHz) {
    return new Sound(new float[][] {samples}, sampleRateHz);
  }

  /** Samples in each channel. */
  public int length() {
    return channels[0].length;
  }

  /** Length in seconds. */
  public double seconds() {
    return (double) length() / sampleRateHz;
  }
}
