package maestro.picture;

/**
 * From 8-bit pixels to the numbers a network wants: value/255, minus a mean, divided by a standard
 * deviation, channel by channel.
 *
 * @param mean one number per channel
 * @param deviation one number per channel, greater than 0
 */
public record Normalisation(float[] mean, float[] deviation) {
  /** The numbers of CLIP. */
  public static final Normalisation CLIP =
      new Normalisation(
          new float[] {0.48145466f, 0.4578275f, 0.40821073f},
          new float[] {0.26862954f, 0.26130258f, 0.27577711f});

  /** The numbers of networks that were trained on ImageNet. */
  public static final Normalisation IMAGENET =
      new Normalisation(new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});

  /** Checks that both have the same number of channels. */
  public Normalisation {
    if (mean.length != deviation.length || mean.length == 0) {
      throw new IllegalArgumentException(
          "normalisation: " + mean.length + " means, " + deviation.length + " deviations");
    }
    mean = mean.clone();
    deviation = deviation.clone();
  }

  /**
   * Writes a picture as {@code [channels, height, width]} into an array.
   *
   * @param picture with as many channels as there are means
   * @param out where to
   * @param offset index of the first value to write
   */
  public void write(Picture picture, float[] out, int offset) {
    int channels = picture.channels();
    if (channels != mean.length) {
      throw new IllegalArgumentException(
          "normalisation: " + mean.length + " channels, the picture has " + channels);
    }
    int area = picture.width() * picture.height();
    byte[] values = picture.values();
    for (int channel = 0; channel < channels; channel++) {
      // A byte has 256 values, so each channel's arithmetic is done 256 times, not once a pixel.
      float[] table = new float[256];
      for (int value = 0; value < table.length; value++) {
        table[value] = (value / 255f - mean[channel]) / deviation[channel];
      }
      int to = offset + channel * area;
      for (int i = 0; i < area; i++) {
        out[to + i] = table[values[i * channels + channel] & 0xff];
      }
    }
  }
}
