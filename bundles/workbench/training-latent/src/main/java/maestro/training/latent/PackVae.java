package maestro.training.latent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.pack.PackPart;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.files.Sha256;
import maestro.latent.vmunet.VaeConfig;
import maestro.latent.vmunet.VaeDecoder;
import maestro.latent.vmunet.VaeEncoder;
import maestro.training.ForwardPass;
import maestro.training.Parts;
import maestro.training.TrainingContext;

/** The trained autoencoder of a pack, as it is. */
final class PackVae {
  /** Bands of the mel. */
  static final int BANDS = 64;

  private final TrainingContext context;
  private final PackPart part;
  private final VaeConfig config;

  PackVae(TrainingContext context, PackPart part) {
    this.context = context;
    this.part = part;
    config = config(part);
  }

  /** Its numbers. */
  VaeConfig config() {
    return config;
  }

  /** Its second half. */
  ForwardPass decoder() {
    VaeDecoder decoder = new VaeDecoder(config);
    fill(decoder);
    return context.use("vae-decode", decoder, "mel");
  }

  /** The latents of the corpus; encodes the tracks that have not been. */
  LatentCache latents() {
    VaeEncoder encoder = new VaeEncoder(config);
    fill(encoder);
    ForwardPass encode = context.use("vae-encode", encoder, "moments");
    LatentCache latents =
        new LatentCache(
            context.cache().resolve("latents"),
            Sha256.of(part.digest() + context.code().apply(VaeEncoder.class) + context.computing()),
            config.compression(),
            config.latentChannels(),
            BANDS / config.compression(),
            (mel, frames) -> moments(encode, mel, frames));
    try (encode) {
      for (String split : List.of("train", "val")) {
        context.corpus().tracks(split).forEach(latents::prepare);
      }
    }
    return latents;
  }

  private void fill(Block half) {
    half.initialize(context.manager(), DataType.FLOAT32, new Shape(1));
    List<String> missing = Parts.fill(half, weights(part));
    if (!missing.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "training latent-diffusion",
          "the pack's vae lacks " + missing,
          "check it with 'maestro packs verify'");
    }
    Parts.freeze(half);
  }

  /** The weights of a part. */
  static Map<String, Weight> weights(PackPart part) {
    try (Checkpoint checkpoint = Safetensors.open(part.weights())) {
      return checkpoint.weights();
    }
  }

  private static VaeConfig config(PackPart part) {
    Map<String, Object> numbers = part.architecture();
    VaeConfig published = VaeConfig.of(128);
    List<Integer> multipliers = new ArrayList<>();
    for (Object one : (List<?>) numbers.getOrDefault("multipliers", published.multipliers())) {
      multipliers.add(((Number) one).intValue());
    }
    return new VaeConfig(
        1,
        ((Number) numbers.getOrDefault("latentChannels", 8)).intValue(),
        ((Number) numbers.getOrDefault("channels", 128)).intValue(),
        multipliers,
        ((Number) numbers.getOrDefault("resBlocks", 2)).intValue());
  }

  private float[] moments(ForwardPass encoder, float[] mel, int frames) {
    try (NDManager scope = context.manager().newSubManager();
        NDScope arrays = new NDScope()) {
      arrays.suppressNotUsedWarning();
      NDArray input =
          scope.create(FloatBuffer.wrap(mel), new Shape(1, 1, frames, mel.length / frames));
      return encoder.run(new ParameterStore(scope, false), new NDList(input)).get(0).toFloatArray();
    }
  }
}
