package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * The attention of LAFF over n features (Hu et al. 2022, "Lightweight Attentional Feature Fusion"):
 * w = softmax(Linear(x_i)), y = Σ w_i·x_i, then y/‖y‖.
 *
 * <p>With averaging, y = Σ (w_i + λ)·x_i: the mean of the features is added n·λ times. Names {@code
 * embedding_common.0} and, with averaging, {@code global_emb_weight_net.weight} for λ. Source:
 * ruc-aimc-lab/laff, model/Attention.py.
 */
public final class FeatureAttention extends NamedBlock {
  private static final float TINY = 1e-14f;

  private final Linear score;
  private final Parameter share;
  private final boolean normalise;

  /**
   * An attention over features of one width.
   *
   * @param width D
   * @param withAverage whether the mean is added, with a share that is a parameter
   * @param normalise whether y is brought to length 1
   */
  public FeatureAttention(int width, boolean withAverage, boolean normalise) {
    score = child("embedding_common.0", new Linear(width, 1));
    share = withAverage ? parameter("global_emb_weight_net.weight", Initializer.ONES, 1, 1) : null;
    this.normalise = normalise;
  }

  /**
   * Runs the attention.
   *
   * @param features [B, n, D]
   * @return y [B, D] and each feature's share [B, n], which sums to 1
   */
  public NDList apply(ParameterStore store, NDArray features, boolean training) {
    NDArray weights = score.apply(store, features, training).softmax(1); // [B, n, 1]
    NDArray shares = weights;
    if (share != null) {
      NDArray average = value(store, share, features, training).reshape(1, 1, 1);
      weights = weights.add(average);
      float count = features.getShape().get(1);
      shares = weights.div(Functions.times(average, count).add(1f));
    }
    NDArray sum = features.mul(weights).sum(new int[] {1});
    if (normalise) {
      NDArray length = sum.mul(sum).sum(new int[] {1}, true).sqrt();
      sum = sum.div(length.add(TINY));
    }
    return new NDList(sum, shares.reshape(-1, features.getShape().get(1)));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return apply(store, inputs.singletonOrThrow(), training);
  }
}
