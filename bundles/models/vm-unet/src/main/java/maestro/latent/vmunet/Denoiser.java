package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Set;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.NamedBlock;

/**
 * VM-UNet with its S-Control Branch (paper, equation 1). Parameters: those of the U-Net, and those
 * of the branch under {@code s_control.}.
 *
 * <p>Inputs: latent {@code [B, 8, T, F]}, timestep {@code [B]}, film condition {@code [B, width]},
 * then each control {@code [B, C, 4T, 1]}. Output: noise {@code [B, 8, T, F]}.
 */
public final class Denoiser extends NamedBlock {
  /** Prefix of the branch's parameters. */
  public static final String BRANCH = "s_control";

  private final UNet unet;
  private final ControlBranch branch;
  private final float[] scales;

  /** VM-UNet alone. */
  public Denoiser(UNet unet) {
    this(unet, null, null);
  }

  /** VM-UNet with a branch of full strength. */
  public Denoiser(UNet unet, ControlBranch branch) {
    this(unet, branch, null);
  }

  /**
   * VM-UNet with a branch.
   *
   * @param branch or null
   * @param scales strength of each residual, one for each input block and one for the middle; null
   *     for 1
   */
  public Denoiser(UNet unet, ControlBranch branch, float[] scales) {
    this.unet = child("", unet);
    this.branch = branch == null ? null : child(BRANCH, branch);
    this.scales = scales == null ? null : scales.clone();
    int residuals = unet.config().inputBlocks() + 1;
    if (scales != null && scales.length != residuals) {
      throw new IllegalArgumentException(
          "illegal number of conditioning scales: " + scales.length + ", must be " + residuals);
    }
  }

  /** The numbers of the U-Net. */
  public UNetConfig config() {
    return unet.config();
  }

  /** The branch, or null. */
  public ControlBranch branch() {
    return branch;
  }

  /** Names of the branch's controls, in the order of the inputs; empty without a branch. */
  Set<String> controls() {
    return branch == null ? Set.of() : branch.controls().controls().keySet();
  }

  NDArray apply(
      ParameterStore store,
      NDArray x,
      NDArray timesteps,
      NDArray condition,
      NDList signals,
      boolean training) {
    return scoped(
        () -> {
          NDList residuals = null;
          if (branch != null) {
            residuals = branch.apply(store, x, timesteps, condition, signals, training);
            if (scales != null) {
              NDList scaled = new NDList(residuals.size());
              for (int i = 0; i < scales.length; i++) {
                scaled.add(Functions.times(residuals.get(i), scales[i]));
              }
              residuals = scaled;
            }
          }
          return unet.apply(store, x, timesteps, condition, residuals, training);
        });
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return new NDList(
        apply(store, inputs.get(0), inputs.get(1), inputs.get(2), inputs.subNDList(3), training));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {inputShapes[0]};
  }
}
