package maestro.api.sound;

import maestro.api.run.RunContext;
import org.osgi.annotation.versioning.ConsumerType;

/** Turns a mel-spectrogram into sound (paper, section 3.3, HiFi-GAN). */
@ConsumerType
public interface Vocoder {
  /**
   * Makes the sound of a mel.
   *
   * @param mel 64 bands, hop 160 at 16 kHz
   * @return mono, 16 kHz, exactly 160 samples for each frame, within −1 … 1
   */
  Sound vocode(Mel mel, RunContext run);
}
