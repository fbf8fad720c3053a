package maestro.api.metric;

import maestro.api.film.FilmFeature;
import org.osgi.annotation.versioning.ProviderType;

/** The film that an item was scored for, or the piece of it. Thread-safe. */
@ProviderType
public interface ScoredFilm {
  /**
   * What an encoder with its default settings sees in it; looked at once, however often it is asked
   * for.
   *
   * @param encoder such as {@code encoder.cinematic}
   * @throws maestro.api.MaestroException of kind INPUT when the film cannot be read, CONFIGURATION
   *     when the encoder is not there or lacks weights
   */
  FilmFeature seenBy(String encoder);
}
