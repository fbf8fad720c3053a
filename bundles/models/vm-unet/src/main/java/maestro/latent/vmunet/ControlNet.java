package maestro.latent.vmunet;

import ai.djl.nn.Block;
import java.util.Map;
import maestro.api.latent.NetworkPart;
import maestro.checkpoint.Weight;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A control net beside the S-Control Branch, brought by another bundle: what it gives is added to
 * the skip connections of VM-UNet (paper, equation 1), in the same compiled network.
 */
@ConsumerType
public interface ControlNet extends NetworkPart {
  /**
   * Makes its block, without arrays.
   *
   * <p>Inputs: latent {@code [B, C, T, F]}, timestep {@code [B]}, film condition {@code [B,
   * filmWidth]}, then each of {@link #controls} {@code [B or 1, channels, 4T, 1]}, sorted by name,
   * zeros where nothing is asked for. Outputs: a residual of the shape of each of {@link
   * UNetConfig#skips}.
   */
  Block block(UNetConfig unet);

  /** Its weights, by the names of the block's parameters. */
  Map<String, Weight> weights(UNetConfig unet);
}
