package maestro.api.film;

import java.nio.file.Path;

/**
 * A film on disk, or a piece of it; probed but not decoded.
 *
 * @param file the file, absolute
 * @param digest SHA-256 of the file's bytes, lower-case hexadecimal
 * @param width picture width in pixels, as shown (after rotation)
 * @param height picture height in pixels, as shown
 * @param framesPerSecond average rate of the source
 * @param durationSeconds length of the picture, or of the piece, greater than 0
 * @param hasSound whether there is a sound stream
 * @param startSeconds where in the film the piece begins; 0 for a whole film
 */
public record FilmClip(
    Path file,
    String digest,
    int width,
    int height,
    double framesPerSecond,
    double durationSeconds,
    boolean hasSound,
    double startSeconds) {
  /** A whole film. */
  public FilmClip(
      Path file,
      String digest,
      int width,
      int height,
      double framesPerSecond,
      double durationSeconds,
      boolean hasSound) {
    this(file, digest, width, height, framesPerSecond, durationSeconds, hasSound, 0);
  }

  /** A piece of the same film. */
  public FilmClip piece(double fromSeconds, double seconds) {
    return new FilmClip(
        file, digest, width, height, framesPerSecond, seconds, hasSound, fromSeconds);
  }
}
