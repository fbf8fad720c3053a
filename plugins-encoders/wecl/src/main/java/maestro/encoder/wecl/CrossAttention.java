package maestro.encoder.wecl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * Attention of one sense over the other, eight heads, with a ReLU after each of its four linear
 * layers: queries [B, S, D] and keyed values [B, S, D] to [B, S, D].
 */
final class CrossAttention extends NamedBlock {
  private static final int HEADS = 8;

  private final Linear queries;
  private final Linear keys;
  private final Linear values;
  private final Linear out;

  CrossAttention(int width) {
    queries = child("linear_q", new Linear(width, width));
    keys = child("linear_k", new Linear(width, width));
    values = child("linear_v", new Linear(width, width));
    out = child("linear_o", new Linear(width, width));
  }

  NDArray apply(ParameterStore store, NDArray asking, NDArray asked, boolean training) {
    NDArray q = Activation.relu(queries.apply(store, asking, training));
    NDArray k = Activation.relu(keys.apply(store, asked, training));
    NDArray v = Activation.relu(values.apply(store, asked, training));
    NDArray mixed = Functions.attention(q, k, v, HEADS);
    return Activation.relu(out.apply(store, mixed, training));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return new NDList(apply(store, inputs.get(0), inputs.get(1), training));
  }
}
