package maestro.dataset;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Takes the singing out of a piece of music (paper, appendix B: Demucs). An external tool; the
 * manifest records its use.
 */
@ConsumerType
public interface VocalRemover {
  /**
   * Writes the accompaniment of a piece.
   *
   * @param music any sound file
   * @param accompaniment WAV file to be written
   * @throws maestro.api.MaestroException of kind CONFIGURATION when the tool is missing, INPUT when
   *     it refuses the file
   */
  void remove(Path music, Path accompaniment);
}
