package maestro.latent.vmunet;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.latent.LatentCodec.Format;
import maestro.api.pack.PackPart;
import maestro.checkpoint.Weight;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;

/**
 * What a pack says about the Music VAE, and the networks made of it.
 *
 * <p>The part {@code vae} has the tensors {@code encoder.*, quant_conv, post_quant_conv, decoder.*}
 * and the architecture numbers {@code melChannels, latentChannels, channels, multipliers,
 * resBlocks, scaleFactor, melBands, sampleRateHz, hopSamples}, those left out being AudioLDM-S's.
 */
final class CodecParts {
  final VaeConfig vae;
  final Format format;
  final double scaleFactor;
  private final Map<String, Weight> weights;

  private CodecParts(PackPart part) {
    Description description = new Description(part);
    vae = vae(description);
    format = format(description, vae);
    scaleFactor = description.number("scaleFactor", 1);
    if (!(scaleFactor > 0) || Double.isInfinite(scaleFactor)) {
      throw description.refused("scaleFactor", scaleFactor, "greater than 0");
    }
    weights = PackParts.weights(part);
  }

  /**
   * Reads a pack.
   *
   * @throws MaestroException of kind CONFIGURATION when it lacks the part
   */
  static CodecParts of(PackParts pack) {
    return new CodecParts(pack.part("vae"));
  }

  /** What the autoencoder of a pack was made for; reads no weights. */
  static Format format(PackParts pack) {
    Description description = new Description(pack.part("vae"));
    return format(description, vae(description));
  }

  private static Format format(Description d, VaeConfig vae) {
    Format paper = Format.PAPER;
    int bands = d.integer("melBands", paper.melBands());
    if (bands < 1 || bands % vae.compression() != 0) {
      throw d.refused("melBands", bands, "a multiple of " + vae.compression());
    }
    return new Format(
        positive(d, "sampleRateHz", paper.sampleRateHz()),
        positive(d, "hopSamples", paper.hopSamples()),
        bands,
        vae.latentChannels(),
        vae.compression(),
        vae.compression());
  }

  private static int positive(Description d, String key, int otherwise) {
    int value = d.integer(key, otherwise);
    if (value < 1) {
      throw d.refused(key, value, "1 or more");
    }
    return value;
  }

  /** The autoencoder that a description says. */
  static VaeConfig vae(Description d) {
    try {
      return new VaeConfig(
          d.integer("melChannels", 1),
          d.integer("latentChannels", 8),
          d.integer("channels", 128),
          d.integers("multipliers", List.of(1, 2, 4)),
          d.integer("resBlocks", 2));
    } catch (IllegalArgumentException e) {
      throw d.refused(e.getMessage(), e);
    }
  }

  /** {@code mel [B, 1, T, F]} to {@code moments}. */
  NetworkSource encoderSource() {
    return new NetworkSource(
        "vae-encode",
        () -> new VaeEncoder(vae),
        List.of(NetworkInput.of("mel", -1, vae.melChannels(), -1, -1)),
        List.of("moments"),
        weights);
  }

  /** {@code latent [B, C, T, F]}, already divided by the scale factor, to {@code mel}. */
  NetworkSource decoderSource() {
    return new NetworkSource(
        "vae-decode",
        () -> new VaeDecoder(vae),
        List.of(NetworkInput.of("latent", -1, vae.latentChannels(), -1, -1)),
        List.of("mel"),
        weights);
  }
}
