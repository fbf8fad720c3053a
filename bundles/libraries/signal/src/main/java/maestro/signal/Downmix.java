package maestro.signal;

import maestro.api.sound.Sound;

/** How many channels become one. */
public enum Downmix {
  /** The first channel alone, as AudioLDM's loader does; their mean where only others are heard. */
  FIRST,
  /** The mean of all channels. */
  MEAN;

  /** The largest magnitude that counts as silence, -80 dB. */
  private static final float SILENT = 1e-4f;

  /** One channel of a sound; may be the sound's own array, so it is not to be changed. */
  public float[] apply(Sound sound) {
    float[][] channels = sound.channels();
    if (channels.length == 1 || this == FIRST && !onlyOthersAreHeard(channels)) {
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

  private static boolean onlyOthersAreHeard(float[][] channels) {
    boolean others = false;
    for (int c = 1; c < channels.length && isSilent(channels[0]); c++) {
      others |= !isSilent(channels[c]);
    }
    return others;
  }

  private static boolean isSilent(float[] channel) {
    for (float sample : channel) {
      if (Math.abs(sample) > SILENT) {
        return false;
      }
    }
    return true;
  }
}
