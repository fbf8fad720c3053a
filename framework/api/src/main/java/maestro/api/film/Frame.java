package maestro.api.film;

/**
 * One picture of a film, as 8-bit RGB.
 *
 * @param timeSeconds presentation time from the start of the film
 * @param width in pixels
 * @param height in pixels
 * @param rgb {@code [height, width, 3]}, row-major, no padding; not to be changed, several readers
 *     share it
 */
public record Frame(double timeSeconds, int width, int height, byte[] rgb) {
  /** Checks the number of bytes. */
  public Frame {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "frame: "
              + width
              + " x "
              + height
              + " pixels need "
              + 3L * width * height
              + " bytes, got "
              + rgb.length);
    }
  }
}
