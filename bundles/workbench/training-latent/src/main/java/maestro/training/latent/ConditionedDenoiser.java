package maestro.training.latent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import maestro.latent.vmunet.Denoiser;
import maestro.networks.Laff;
import maestro.tensor.nn.NamedBlock;

/**
 * LAFF and the denoiser that hears it, as one network in training. Parameters: those of both.
 *
 * <p>Inputs: noisy latent {@code [B, C, T, F]}, timestep {@code [B]}, whether the condition is
 * kept, 1 or 0, {@code [B, 1]}, the features of LAFF {@code [B, width]} each, then the controls.
 * Output: noise of the latent's shape.
 */
final class ConditionedDenoiser extends NamedBlock {
  private final Laff laff;
  private final Denoiser denoiser;
  private final int features;

  /** Joins two networks; LAFF takes so many features. */
  ConditionedDenoiser(Laff laff, Denoiser denoiser, int features) {
    this.laff = child("", laff);
    this.denoiser = child("", denoiser);
    this.features = features;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    int controls = 3 + features;
    NDArray condition =
        laff.forward(store, inputs.subNDList(3, controls), training).get(0).mul(inputs.get(2));
    NDList seen = new NDList(inputs.get(0), inputs.get(1), condition);
    seen.addAll(inputs.subNDList(controls));
    return denoiser.forward(store, seen, training);
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {inputShapes[0]};
  }
}
