package maestro.api.film;

import java.util.Optional;

/**
 * What one encoder says about a whole clip.
 *
 * @param vector the feature, of the encoder's own width, all finite
 * @param timeLine how it came about over time, if the encoder can say
 */
public record FilmFeature(float[] vector, Optional<TimeLine> timeLine) {
  /** Checks that the numbers are finite. */
  public FilmFeature {
    if (vector.length == 0) {
      throw new IllegalArgumentException("film feature: empty vector");
    }
    for (int i = 0; i < vector.length; i++) {
      if (!Float.isFinite(vector[i])) {
        throw new IllegalArgumentException("film feature: value " + i + " is " + vector[i]);
      }
    }
  }

  /** A feature without a time line. */
  public static FilmFeature of(float... vector) {
    return new FilmFeature(vector, Optional.empty());
  }
}
