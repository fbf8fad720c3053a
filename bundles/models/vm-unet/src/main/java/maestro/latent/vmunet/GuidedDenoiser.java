package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Set;
import maestro.tensor.nn.NamedBlock;

/**
 * Classifier-free guidance (Ho and Salimans 2022): ε = ε_u + s·(ε_c − ε_u), both passes in one
 * batch. As the inputs have it: on the film condition when the null film differs from the film. The
 * local controls stay in both passes (paper, section 4.1: "only on the global video control"), but
 * for those that are to be guided, too: the pass without does without them. That is not the paper's
 * way and makes a weakly trained branch heard.
 *
 * <p>Inputs: latent {@code [B, 8, T, F]}, timestep {@code [1]} or {@code [B]}, film {@code [B,
 * width]}, null film {@code [B, width]}, guidance scale {@code [1]}, then each control {@code [B,
 * C, 4T, 1]}. Output: noise of the latent's shape.
 */
public final class GuidedDenoiser extends NamedBlock {
  private final Denoiser denoiser;
  private final Set<String> guided;

  /** Guides a denoiser by the film, as in the paper; its parameter names are kept. */
  public GuidedDenoiser(Denoiser denoiser) {
    this(denoiser, Set.of());
  }

  /**
   * Guides a denoiser, whose parameter names are kept.
   *
   * @param guidedControls local controls that the guidance is on, too
   */
  public GuidedDenoiser(Denoiser denoiser, Set<String> guidedControls) {
    this.denoiser = child("", denoiser);
    guided = Set.copyOf(guidedControls);
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray x = inputs.get(0);
    NDArray timesteps = inputs.get(1);
    NDArray film = inputs.get(2);
    NDArray nothing = inputs.get(3);
    NDArray scale = inputs.get(4);
    NDList signals = new NDList();
    int index = 5;
    for (String name : denoiser.controls()) {
      NDArray signal = inputs.get(index++);
      if (guided.contains(name)) {
        signals.add(signal.sub(signal).concat(signal, 0)); // zeros ask for nothing
      } else {
        // A local control of one item is spread over the batch where it is added.
        signals.add(signal.getShape().get(0) == 1 ? signal : signal.concat(signal, 0));
      }
    }
    NDArray both =
        denoiser.apply(
            store,
            x.concat(x, 0),
            timesteps.concat(timesteps, 0),
            nothing.concat(film, 0),
            signals,
            training);
    NDList halves = both.split(2, 0);
    NDArray without = halves.get(0);
    return new NDList(without.add(halves.get(1).sub(without).mul(scale)));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {inputShapes[0]};
  }
}
