package maestro.api.tensor;

import java.util.List;
import maestro.api.run.RunContext;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Parts of the generation graph that can be run by themselves on tensors, as {@code maestro stage}
 * does, so that a researcher can compare a network with a reference. A service of the bundle that
 * holds the networks; thread-safe.
 */
@ConsumerType
public interface TensorStages {
  /**
   * Names of the stages, for instance {@code vae-encode}, {@code vae-decode}, {@code denoiser},
   * {@code vocoder}.
   */
  List<String> stages();

  /** What a stage takes and gives, one line for each tensor: {@code latent [B, 8, T, F]}. */
  String describe(String stage);

  /**
   * Runs one stage on a batch.
   *
   * @param stage one of {@link #stages()}
   * @param inputs as {@link #describe} says; every tensor has a batch axis in front
   * @param run weights and device
   * @return the outputs by name
   * @throws maestro.api.MaestroException of kind INPUT when a tensor is missing, unknown or
   *     misshapen, of kind CONFIGURATION when the pack lacks the part
   */
  NamedTensors run(String stage, NamedTensors inputs, RunContext run);
}
