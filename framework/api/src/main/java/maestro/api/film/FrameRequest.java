package maestro.api.film;

/**
 * At which rate and size a reader wants to see a film.
 *
 * @param framesPerSecond frames per second of film, resampled in time as ffmpeg's {@code fps}
 *     filter does
 * @param width width to scale to, or 0 to follow the height; both 0 for the source's own size
 * @param height height to scale to, or 0 to follow the width
 */
public record FrameRequest(double framesPerSecond, int width, int height) {
  /** Checks the ranges. */
  public FrameRequest {
    if (!(framesPerSecond > 0 && framesPerSecond <= 240)) {
      throw new IllegalArgumentException(
          "illegal frame rate: "
              + framesPerSecond
              + ", must be above 0 and at most 240 frames per second");
    }
    if (width < 0 || height < 0 || width > 8192 || height > 8192) {
      throw new IllegalArgumentException(
          "illegal frame size: " + width + " x " + height + ", must be 0 to 8192");
    }
  }

  /** Frames of the source's own size. */
  public static FrameRequest atRate(double framesPerSecond) {
    return new FrameRequest(framesPerSecond, 0, 0);
  }
}
