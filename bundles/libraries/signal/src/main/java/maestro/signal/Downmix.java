package maestro.signal;

import maestro.api.sound.Sound;

/** How many channels become one. */
public enum Downmix {
  /** The first channel alone, as AudioLDM's loader does. */
  FIRST,
  /** The mean of all channels. */
  MEAN;

  /** One channel of a sound; may be the sound's own array, so it is not to be changed. */
  public float[] apply(Sound sound) {
    float[][] channels = sound.channels();
    if (this == FIRST || channels.length == 1) {
      return channels[0];
    }
    float[] mean = new float[sound.length()];
    for (int n = 0; n < mean.length; n++) {
      double sum = 0;
      for (float[] channel : channels) {
        sum += channel[n];
      }
      mean[n] = (float) (sum / channels.length);
    }
    return mean;
  }
}
