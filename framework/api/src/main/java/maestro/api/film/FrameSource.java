package maestro.api.film;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The frames one encoder asked for, in order of time, each seen once. Decoding goes on while they
 * are read, and several encoders share it; memory does not grow with the film.
 */
@ProviderType
public interface FrameSource {
  /**
   * The next frame.
   *
   * @return the frame, or null after the last one
   */
  Frame next();
}
