package maestro.training.latent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import maestro.tensor.nn.NamedBlock;

/**
 * The loss of a diffusion model, the weighted mean square of ε − ε_θ (paper, section 4.1), as one
 * network with what it judges.
 *
 * <p>Inputs: noise ε {@code [B, C, T, F]}, weights {@code [B, 1, 1, 1]}, then those of the
 * denoiser. Output: a scalar.
 */
final class DiffusionLoss extends NamedBlock {
  private final ConditionedDenoiser denoiser;

  DiffusionLoss(ConditionedDenoiser denoiser) {
    this.denoiser = child("", denoiser);
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray predicted = denoiser.forward(store, inputs.subNDList(2), training).get(0);
    return new NDList(predicted.sub(inputs.get(0)).square().mul(inputs.get(1)).mean());
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {new Shape()};
  }
}
