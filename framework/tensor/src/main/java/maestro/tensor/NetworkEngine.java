package maestro.tensor;

import maestro.api.run.Device;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Runs networks. The service a plugin asks for; which engine stands behind it, ONNX Runtime or
 * PyTorch, is a choice of the host ({@code --engine}).
 */
@ProviderType
public interface NetworkEngine {
  /**
   * Makes a network ready to run. A network whose inputs are all fixed in size is compiled here,
   * else at its first run.
   *
   * @param source block, inputs, outputs, weights
   * @param device where to run; {@link Device#AUTO} and a CUDA device that is not there fall back
   *     to the processor, with one line in the log
   * @throws maestro.api.MaestroException of kind CONFIGURATION when a weight is missing or
   *     misshapen, when the block does something that cannot be compiled, or when the chosen engine
   *     is not installed
   */
  Network open(NetworkSource source, Device device);

  /**
   * The engine of that name, for a plugin with a setting {@code engine}.
   *
   * @param engine {@code onnx}, {@code pytorch}, {@code torchscript}, {@code torchscript-float32},
   *     or empty for the host's choice
   * @throws maestro.api.MaestroException of kind CONFIGURATION when there is no such engine or it
   *     is not installed
   */
  NetworkEngine named(String engine);
}
