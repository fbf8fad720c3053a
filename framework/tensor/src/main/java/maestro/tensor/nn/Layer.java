package maestro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A block from one array to one array. */
public abstract class Layer extends NamedBlock {
  /** A layer without children or parameters yet. */
  protected Layer() {}

  /**
   * The layer's function.
   *
   * @param store where parameter values come from
   * @param x left as it was
   */
  public abstract NDArray apply(ParameterStore store, NDArray x, boolean training);

  @Override
  protected final NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return new NDList(apply(store, inputs.singletonOrThrow(), training));
  }
}
