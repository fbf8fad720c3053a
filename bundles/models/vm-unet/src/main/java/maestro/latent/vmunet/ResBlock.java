package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.GroupNorm;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * AudioLDM's residual block: norm, SiLU, conv; plus the embedding; norm, SiLU, conv; plus the
 * input.
 *
 * <p>In the S-Control Branch the local control is added right after the second normalisation (Eq. 3
 * of the paper read as Uni-ControlNet's injection without its multiplicative part; the paper leaves
 * norm(z_t) undefined).
 */
final class ResBlock extends NamedBlock {
  private static final float EPSILON = 1e-5f;

  private final GroupNorm inNorm;
  private final Convolution inConvolution;
  private final Linear embedding;
  private final GroupNorm outNorm;
  private final Convolution outConvolution;
  private final Convolution shortcut;
  private final int outputs;

  ResBlock(int inputs, int outputs, int embeddingWidth) {
    this.outputs = outputs;
    inNorm = child("in_layers.0", new GroupNorm(32, inputs, EPSILON));
    inConvolution = child("in_layers.2", Convolution.plane(inputs, outputs, 3, 1, 1));
    embedding = child("emb_layers.1", new Linear(embeddingWidth, outputs));
    outNorm = child("out_layers.0", new GroupNorm(32, outputs, EPSILON));
    outConvolution = child("out_layers.3", Convolution.plane(outputs, outputs, 3, 1, 1));
    shortcut =
        inputs == outputs ? null : child("skip_connection", Convolution.pointwise(inputs, outputs));
  }

  /**
   * The block's function.
   *
   * @param x {@code [B, in, T, F]}
   * @param activatedEmbedding SiLU of the embedding, {@code [B, width]}
   * @param local local control {@code [B or 1, out, T, 1]}, or null
   */
  NDArray apply(
      ParameterStore store,
      NDArray x,
      NDArray activatedEmbedding,
      NDArray local,
      boolean training) {
    return scoped(
        () -> {
          NDArray h =
              inConvolution.apply(
                  store, Functions.silu(inNorm.apply(store, x, training)), training);
          NDArray shift = embedding.apply(store, activatedEmbedding, training);
          h = h.add(shift.reshape(shift.getShape().get(0), outputs, 1, 1));
          h = outNorm.apply(store, h, training);
          if (local != null) {
            h = h.add(local);
          }
          h = outConvolution.apply(store, Functions.silu(h), training);
          return h.add(shortcut == null ? x : shortcut.apply(store, x, training));
        });
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return new NDList(
        apply(
            store,
            inputs.get(0),
            inputs.get(1),
            inputs.size() > 2 ? inputs.get(2) : null,
            training));
  }
}
