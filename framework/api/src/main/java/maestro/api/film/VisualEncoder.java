package maestro.api.film;

import maestro.api.run.RunContext;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Looks at a film and says what it sees, as one vector (paper, section 3.1). Thread-safe: films may
 * be encoded at once.
 */
@ConsumerType
public interface VisualEncoder {
  /** Rate and size of the frames this encoder wants. */
  FrameRequest frames();

  /** Width of the feature vector. */
  int featureWidth();

  /**
   * Encodes one clip.
   *
   * @param clip the film, for its numbers; its picture comes from {@code frames}
   * @param frames the frames asked for; there is at least one
   * @param run progress, cancel, device and weights
   * @return a vector of {@link #featureWidth()} values
   * @throws maestro.api.MaestroException of kind CONFIGURATION when weights are missing
   */
  FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run);
}
