package maestro.api.film;

import java.nio.file.Path;

/**
 * A piece of film on disk, probed but not decoded.
 *
 * @param file the file, absolute
 * @param digest SHA-256 of the file's bytes, lower-case hexadecimal
 * @param width picture width in pixels, as shown (after rotation)
 * @param height picture height in pixels, as shown
 * @param framesPerSecond average rate of the source
 * @param durationSeconds length of the picture, greater than 0
 * @param hasSound whether there is a sound stream
 */
public record FilmClip(
    Path file,
    String digest,
    int width,
    int height,
    double framesPerSecond,
    double durationSeconds,
    boolean hasSound) {}
