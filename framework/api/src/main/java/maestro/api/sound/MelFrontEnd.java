package maestro.api.sound;

import org.osgi.annotation.versioning.ProviderType;

/**
 * From sound to the log-mel spectrogram that the Music VAE and the vocoder speak (AudioLDM's front
 * end).
 */
@ProviderType
public interface MelFrontEnd {
  /** Sample rate of the sound behind a mel, 16 000 Hz. */
  int sampleRateHz();

  /** Samples between two frames, 160. */
  int hopLength();

  /** Mel bands, 64. */
  int bands();

  /**
   * The mel of a sound of any rate and channel count: resampled, first channel, no normalisation of
   * the level.
   *
   * @return T = samples at 16 kHz divided by the hop, rounded up
   */
  Mel mel(Sound sound);
}
