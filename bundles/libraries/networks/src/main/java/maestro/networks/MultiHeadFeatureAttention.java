package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.NamedBlock;

/**
 * One {@link FeatureAttention} for each of h slices of the features. Names {@code
 * attention_layer.0}, {@code attention_layer.1}, … as in the reference.
 */
public final class MultiHeadFeatureAttention extends NamedBlock {
  private final FeatureAttention[] heads;
  private final int width;

  /**
   * An attention of several heads.
   *
   * @param width D, a multiple of the number of heads
   */
  public MultiHeadFeatureAttention(int width, int heads, boolean withAverage, boolean normalise) {
    if (heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "feature attention: width " + width + " does not split into " + heads + " heads");
    }
    this.width = width / heads;
    this.heads = new FeatureAttention[heads];
    for (int i = 0; i < heads; i++) {
      this.heads[i] =
          child("attention_layer." + i, new FeatureAttention(this.width, withAverage, normalise));
    }
  }

  /**
   * Runs all heads.
   *
   * @param features [B, n, D]
   * @return the heads' outputs [B, h, D/h] and each feature's share, averaged over heads [B, n]
   */
  public NDList apply(ParameterStore store, NDArray features, boolean training) {
    NDList outputs = new NDList();
    NDArray shares = null;
    for (int i = 0; i < heads.length; i++) {
      NDArray slice = features.get(":, :, {}:{}", (long) i * width, (i + 1L) * width);
      NDList head = heads[i].apply(store, slice, training);
      outputs.add(head.get(0));
      shares = shares == null ? head.get(1) : shares.add(head.get(1));
    }
    return new NDList(NDArrays.stack(outputs, 1), Functions.times(shares, 1f / heads.length));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return apply(store, inputs.singletonOrThrow(), training);
  }
}
