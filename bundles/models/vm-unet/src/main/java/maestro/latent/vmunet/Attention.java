package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * Multi-head attention of tokens to themselves or to a context; queries, keys and values without a
 * bias.
 */
final class Attention extends NamedBlock {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear out;
  private final int heads;

  Attention(int channels, int contextWidth, int heads) {
    this.heads = heads;
    query = child("to_q", new Linear(channels, channels, false));
    key = child("to_k", new Linear(contextWidth, channels, false));
    value = child("to_v", new Linear(contextWidth, channels, false));
    out = child("to_out.0", new Linear(channels, channels));
  }

  /**
   * The block's function.
   *
   * @param x {@code [B, N, C]}
   * @param context {@code [B, M, width]}; x itself for self-attention
   */
  NDArray apply(ParameterStore store, NDArray x, NDArray context, boolean training) {
    NDArray v = value.apply(store, context, training);
    if (context.getShape().get(1) == 1 && !training) {
      // Softmax over a single token is 1: every position gets the token's value, whatever it asks.
      return out.apply(store, v, false);
    }
    NDArray q = query.apply(store, x, training);
    NDArray k = key.apply(store, context, training);
    return out.apply(store, Functions.attention(q, k, v, heads), training);
  }

  List<Linear> linears() {
    return List.of(query, key, value, out);
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray x = inputs.get(0);
    return new NDList(apply(store, x, inputs.size() > 1 ? inputs.get(1) : x, training));
  }
}
