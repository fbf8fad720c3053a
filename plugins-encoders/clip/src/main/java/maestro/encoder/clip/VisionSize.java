package maestro.encoder.clip;

import java.util.Map;
import maestro.api.MaestroException;
import maestro.checkpoint.Weight;

/**
 * Sizes of an image tower, read from the shapes of its weights.
 *
 * @param resolution width and height of the picture in pixels
 * @param patch width and height of a patch in pixels
 * @param width numbers per token; a head has 64 of them
 * @param layers number of transformer blocks
 * @param output numbers in the embedding
 */
record VisionSize(int resolution, int patch, int width, int layers, int output) {
  private static final int HEAD_WIDTH = 64;

  int heads() {
    return Math.max(1, width / HEAD_WIDTH);
  }

  int tokens() {
    int side = resolution / patch;
    return side * side + 1;
  }

  /**
   * Finds the sizes.
   *
   * @param weights by OpenAI's names without {@code visual.}; surplus ones are ignored
   * @throws MaestroException of kind CONFIGURATION when this is no image tower
   */
  static VisionSize of(Map<String, Weight> weights) {
    Weight convolution = weights.get("conv1.weight");
    Weight positions = weights.get("positional_embedding");
    Weight projection = weights.get("proj");
    if (convolution == null || positions == null || projection == null) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "encoder.clip",
          "the weights hold no CLIP image tower: conv1.weight, positional_embedding or proj is"
              + " missing",
          "give the pack ViT-B-32.pt or the model.safetensors of clip-vit-base-patch32");
    }
    int patch = (int) convolution.shape()[3];
    int side = (int) Math.round(Math.sqrt(positions.shape()[0] - 1.0));
    int layers = 0;
    while (weights.containsKey(block(layers) + ".ln_1.weight")) {
      layers++;
    }
    return new VisionSize(
        side * patch, patch, (int) convolution.shape()[0], layers, (int) projection.shape()[1]);
  }

  /** What the names of a transformer block begin with. */
  static String block(int layer) {
    return "transformer.resblocks." + layer;
  }
}
