package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.NamedBlock;

/**
 * VM-UNet with its S-Control Branch (paper, equation 1) and control nets of other bundles, if there
 * are any. Parameters: those of the U-Net, those of the branch under {@code s_control.}, and those
 * of each control net under {@code control_nets.} and its name.
 *
 * <p>Inputs: latent {@code [B, 8, T, F]}, timestep {@code [B]}, film condition {@code [B, width]},
 * then each control {@code [B, C, 4T, 1]}: those of the branch, then those of each net. Output:
 * noise {@code [B, 8, T, F]}.
 */
public final class Denoiser extends NamedBlock {
  /** Prefix of the branch's parameters. */
  public static final String BRANCH = "s_control";

  private final UNet unet;
  private final ControlBranch branch;
  private final float[] scales;
  private final List<Net> nets = new ArrayList<>();

  /** A control net of another bundle, and the controls it listens to, in order. */
  private record Net(Block block, List<String> controls) {}

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

  /** Prefix of the parameters of a control net of another bundle. */
  static String prefix(String net) {
    return "control_nets." + net.replace('.', '-') + ".";
  }

  /**
   * Adds a control net of another bundle.
   *
   * @param name the plugin that brings it
   */
  Denoiser with(String name, ControlNet net) {
    String prefix = prefix(name);
    Block block = child(prefix.substring(0, prefix.length() - 1), net.block(config()));
    nets.add(new Net(block, net.controls().keySet().stream().sorted().toList()));
    return this;
  }

  /** The numbers of the U-Net. */
  public UNetConfig config() {
    return unet.config();
  }

  /** The branch, or null. */
  public ControlBranch branch() {
    return branch;
  }

  /** Names of all controls, in the order of the inputs; empty without a branch or another net. */
  List<String> controls() {
    List<String> names = new ArrayList<>(ofBranch());
    nets.forEach(net -> names.addAll(net.controls));
    return names;
  }

  private Set<String> ofBranch() {
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
          int next = ofBranch().size();
          NDList residuals = null;
          if (branch != null) {
            NDList own = signals.subNDList(0, next);
            residuals = branch.apply(store, x, timesteps, condition, own, training);
            if (scales != null) {
              NDList scaled = new NDList(residuals.size());
              for (int i = 0; i < scales.length; i++) {
                scaled.add(Functions.times(residuals.get(i), scales[i]));
              }
              residuals = scaled;
            }
          }
          for (Net net : nets) {
            NDList inputs = new NDList(x, timesteps, condition);
            inputs.addAll(signals.subNDList(next, next + net.controls.size()));
            next += net.controls.size();
            residuals = sum(residuals, net.block.forward(store, inputs, training));
          }
          return unet.apply(store, x, timesteps, condition, residuals, training);
        });
  }

  private NDList sum(NDList residuals, NDList more) {
    int count = config().inputBlocks() + 1;
    if (more.size() != count) {
      throw new IllegalArgumentException(
          "a control net gives " + more.size() + " residuals, the U-Net takes " + count);
    }
    if (residuals == null) {
      return more;
    }
    NDList sums = new NDList(count);
    for (int i = 0; i < count; i++) {
      sums.add(residuals.get(i).add(more.get(i)));
    }
    return sums;
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
