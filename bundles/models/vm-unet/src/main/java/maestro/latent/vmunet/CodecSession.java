package maestro.latent.vmunet;

import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Music VAE of one run; each of its halves is opened when it is first needed. */
final class CodecSession implements LatentCodec.Session {
  private static final Logger LOG = LoggerFactory.getLogger(CodecSession.class);

  /** AudioLDM's guard: a latent that left ±100 is cut to ±10. */
  private static final float WILD = 100;

  private static final float TAMED = 10;

  private final NetworkEngine engine;
  private final CodecParts parts;
  private final RunContext run;
  private Network encoder;
  private Network decoder;

  CodecSession(NetworkEngine engine, CodecParts parts, RunContext run) {
    this.engine = engine;
    this.parts = parts;
    this.run = run;
  }

  @Override
  public Latent encode(Mel mel) {
    int multiple = parts.format.frameMultiple();
    if (mel.frames() < 1 || mel.frames() % multiple != 0) {
      throw refused(
          mel.frames() + " mel frames are not a multiple of " + multiple,
          "round up to the next multiple and cut the sound afterwards");
    }
    if (mel.bands() != parts.format.melBands()) {
      throw refused(
          "the mel has "
              + mel.bands()
              + " bands and the Music VAE expects "
              + parts.format.melBands(),
          "use a front end and a pack that belong together");
    }
    if (encoder == null) {
      encoder = open(parts.encoderSource());
    }
    float[] moments =
        encoder
            .run(Map.of("mel", FloatTensor.of(mel.values(), 1, 1, mel.frames(), mel.bands())))
            .get("moments")
            .values();
    Latent zeros = parts.format.zeros(mel.frames());
    float[] values = new float[zeros.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (moments[i] * parts.scaleFactor); // the means come first
    }
    return zeros.with(values);
  }

  @Override
  public Mel decode(Latent latent) {
    if (latent.channels() != parts.vae.latentChannels()) {
      throw refused(
          "the latent has "
              + latent.channels()
              + " channels and the Music VAE expects "
              + parts.vae.latentChannels(),
          "use a denoiser and a codec that belong together");
    }
    float[] values = tamed(latent.values());
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] / parts.scaleFactor);
    }
    if (decoder == null) {
      decoder = open(parts.decoderSource());
    }
    FloatTensor mel =
        decoder
            .run(
                Map.of(
                    "latent",
                    FloatTensor.of(values, 1, latent.channels(), latent.frames(), latent.bands())))
            .get("mel");
    return new Mel(mel.axis(2), mel.axis(3), mel.values());
  }

  /** A copy, within ±10 if anything had left ±100. */
  private float[] tamed(float[] latent) {
    float most = 0;
    for (float value : latent) {
      if (Float.isNaN(value)) {
        throw refused(
            "the latent holds a value that is not a number",
            "lower the guidance scale, or check the weights with 'maestro packs verify'");
      }
      most = Math.max(most, Math.abs(value));
    }
    float[] copy = latent.clone();
    if (most > WILD) {
      LOG.warn("{} the latent reached {}, cut to -10 ... 10", MusicVaeCodec.NAME, most);
      run.remark("the latent left its range and was cut; the music may be poor");
      for (int i = 0; i < copy.length; i++) {
        copy[i] = Math.max(-TAMED, Math.min(TAMED, copy[i]));
      }
    }
    return copy;
  }

  private static MaestroException refused(String cause, String next) {
    return new MaestroException(MaestroException.Kind.INPUT, MusicVaeCodec.NAME, cause, next);
  }

  private Network open(NetworkSource source) {
    Network network = engine.open(source, run.device());
    LOG.debug("{} opened {} ({})", MusicVaeCodec.NAME, source.name(), network.engine());
    return network;
  }

  @Override
  public void close() {
    if (encoder != null) {
      encoder.close();
      encoder = null;
    }
    if (decoder != null) {
      decoder.close();
      decoder = null;
    }
  }
}
