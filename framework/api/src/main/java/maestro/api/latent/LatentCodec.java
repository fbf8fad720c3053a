package maestro.api.latent;

import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * From mel spectrogram to latent and back: the Music VAE (paper, section 3.2). The weights come
 * from the run's model pack; opening is the expensive part, so callers open once a run.
 */
@ConsumerType
public interface LatentCodec {
  /**
   * What the autoencoder of a pack was made for; reads no weights.
   *
   * @throws maestro.api.MaestroException of kind CONFIGURATION when the pack lacks a part
   */
  Format format(RunContext run);

  /**
   * Loads the network.
   *
   * @throws maestro.api.MaestroException of kind CONFIGURATION when the pack lacks a part
   */
  Session open(RunContext run);

  /**
   * The spectrogram and the latent of a codec.
   *
   * @param sampleRateHz rate of the sound behind the spectrogram, 16 000 in the paper
   * @param hopSamples samples from one frame to the next, 160 in the paper
   * @param melBands F, 64 in the paper
   * @param latentChannels C, 8 in the paper
   * @param compression frames and bands in one place of the latent, 4 in the paper
   * @param frameMultiple a window's number of frames must be a multiple of it
   */
  record Format(
      int sampleRateHz,
      int hopSamples,
      int melBands,
      int latentChannels,
      int compression,
      int frameMultiple) {
    /** The paper's: 64 bands of 16 kHz every 160 samples, latents of [8, T/4, 16]. */
    public static final Format PAPER = new Format(16_000, 160, 64, 8, 4, 4);

    /** A latent of zeros for a number of frames. */
    public Latent zeros(int melFrames) {
      int frames = melFrames / compression;
      int bands = melBands / compression;
      return new Latent(latentChannels, frames, bands, new float[latentChannels * frames * bands]);
    }
  }

  /** An opened codec. Not thread-safe; closed by whoever opened it. */
  interface Session extends AutoCloseable {
    /** Latent of a mel: the posterior's mean times the scale factor. */
    Latent encode(Mel mel);

    /** Mel of a latent. */
    Mel decode(Latent latent);

    @Override
    void close();
  }
}
