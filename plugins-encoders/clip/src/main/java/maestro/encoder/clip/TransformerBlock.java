package maestro.encoder.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.Initial;
import maestro.tensor.nn.Layer;
import maestro.tensor.nn.LayerNorm;
import maestro.tensor.nn.Linear;

/**
 * One pre-norm transformer block: x += attention(norm(x)); x += mlp(norm(x)). The activation is
 * x·σ(1.702x), CLIP's approximation of the Gaussian error unit.
 */
final class TransformerBlock extends Layer {
  private static final float EPSILON = 1e-5f;
  private static final float STEEPNESS = 1.702f;
  private static final int WIDENING = 4;
  private static final int PARTS = 3; // queries, keys, values

  private final int heads;
  private final LayerNorm firstNorm;
  private final LayerNorm secondNorm;
  private final Parameter projection;
  private final Parameter projectionBias;
  private final Linear attentionOut;
  private final Linear widen;
  private final Linear narrow;

  TransformerBlock(int width, int heads) {
    this.heads = heads;
    projection = parameter("attn.in_proj_weight", Initial.fanIn(width), PARTS * width, width);
    projectionBias = parameter("attn.in_proj_bias", Initializer.ZEROS, PARTS * width);
    attentionOut = child("attn.out_proj", new Linear(width, width));
    firstNorm = child("ln_1", new LayerNorm(width, EPSILON));
    widen = child("mlp.c_fc", new Linear(width, WIDENING * width));
    narrow = child("mlp.c_proj", new Linear(WIDENING * width, width));
    secondNorm = child("ln_2", new LayerNorm(width, EPSILON));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return scoped(
        () -> {
          NDArray y = x.add(attention(store, firstNorm.apply(store, x, training), training));
          NDArray wide = widen.apply(store, secondNorm.apply(store, y, training), training);
          wide = wide.mul(Activation.sigmoid(wide.mul(STEEPNESS)));
          return y.add(narrow.apply(store, wide, training));
        });
  }

  private NDArray attention(ParameterStore store, NDArray x, boolean training) {
    NDList parts =
        ai.djl.nn.core.Linear.linear(
                x, value(store, projection, x, training), value(store, projectionBias, x, training))
            .singletonOrThrow()
            .split(PARTS, 2);
    NDArray mixed = Functions.attention(parts.get(0), parts.get(1), parts.get(2), heads);
    return attentionOut.apply(store, mixed, training);
  }
}
