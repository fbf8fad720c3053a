package maestro.encoder.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import maestro.tensor.nn.Initial;
import maestro.tensor.nn.Layer;
import maestro.tensor.nn.LayerNorm;

/**
 * CLIP's image tower, a vision transformer (Radford et al. 2021): [B, 3, R, R] to [B, output].
 *
 * <p>Patches of the picture become tokens, after a learned class token; positions are added;
 * pre-norm transformer blocks follow; the class token is normalised and projected. The embedding is
 * not brought to length 1. Names are OpenAI's without {@code visual.}. Source: openai/CLIP,
 * clip/model.py.
 */
final class VisionTower extends Layer {
  private static final float EPSILON = 1e-5f;

  private final VisionSize size;
  private final Parameter classToken;
  private final Parameter convolution;
  private final Parameter positions;
  private final Parameter projection;
  private final LayerNorm normBefore;
  private final TransformerBlock[] blocks;
  private final LayerNorm normAfter;

  VisionTower(VisionSize size) {
    this.size = size;
    int width = size.width();
    int patch = size.patch();
    classToken = parameter("class_embedding", Initializer.ZEROS, width);
    positions = parameter("positional_embedding", Initial.fanIn(width), size.tokens(), width);
    projection = parameter("proj", Initial.fanIn(width), width, size.output());
    convolution =
        parameter("conv1.weight", Initial.fanIn(3L * patch * patch), width, 3, patch, patch);
    normBefore = child("ln_pre", new LayerNorm(width, EPSILON));
    blocks = new TransformerBlock[size.layers()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = child(VisionSize.block(i), new TransformerBlock(width, size.heads()));
    }
    normAfter = child("ln_post", new LayerNorm(width, EPSILON));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray pictures, boolean training) {
    return scoped(
        () -> {
          NDArray x = normBefore.apply(store, tokens(store, pictures, training), training);
          for (TransformerBlock block : blocks) {
            x = block.apply(store, x, training);
          }
          NDArray first = x.get(":, 0:1").reshape(-1, size.width());
          first = normAfter.apply(store, first, training);
          return first.matMul(value(store, projection, pictures, training));
        });
  }

  private NDArray tokens(ParameterStore store, NDArray pictures, boolean training) {
    long count = pictures.getShape().get(0);
    long width = size.width();
    NDArray patches =
        pictures
            .getNDArrayInternal()
            .convolution(
                pictures,
                value(store, convolution, pictures, training),
                null,
                new Shape(size.patch(), size.patch()),
                new Shape(0, 0),
                new Shape(1, 1),
                1)
            .singletonOrThrow()
            .reshape(count, width, size.tokens() - 1L)
            .transpose(0, 2, 1);
    NDArray first =
        value(store, classToken, pictures, training)
            .reshape(1, 1, width)
            .broadcast(new Shape(count, 1, width));
    return first.concat(patches, 1).add(value(store, positions, pictures, training));
  }
}
