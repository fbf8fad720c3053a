package maestro.tensor;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says which tensors a part of a pack must have: a service of the bundle that owns the network,
 * which answers from its blocks. Thread-safe.
 */
@ConsumerType
public interface PackPartSource {
  /** The parts it knows, {@code vocoder.hifigan} for instance. */
  List<String> parts();

  /**
   * Names and shapes of all tensors of a part. Makes no arrays.
   *
   * @param part one of {@link #parts}
   * @param architecture its numbers, untrusted; for a branch, those of its denoiser too
   * @throws maestro.api.MaestroException of kind INPUT or CONFIGURATION when a number makes no
   *     sense
   */
  Map<String, long[]> shapes(String part, Map<String, Object> architecture);
}
