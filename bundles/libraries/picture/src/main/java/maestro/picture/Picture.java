package maestro.picture;

import maestro.api.film.Frame;

/**
 * An 8-bit picture of any number of channels.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param channels values per pixel, at least 1
 * @param values {@code [height, width, channels]}, row-major, each byte read as 0 … 255; not
 *     copied, and never changed by the functions of this package
 */
public record Picture(int width, int height, int channels, byte[] values) {
  /** Checks that the pixels fill the picture. */
  public Picture {
    if (width < 1
        || height < 1
        || channels < 1
        || values.length != (long) width * height * channels) {
      throw new IllegalArgumentException(
          "picture: "
              + width
              + " x "
              + height
              + " x "
              + channels
              + " does not fit "
              + values.length
              + " bytes");
    }
  }

  /** The pixels of a frame, shared with it. */
  public static Picture of(Frame frame) {
    return new Picture(frame.width(), frame.height(), 3, frame.rgb());
  }

  /** One value, 0 … 255. */
  public int at(int x, int y, int channel) {
    return values[(y * width + x) * channels + channel] & 0xff;
  }
}
