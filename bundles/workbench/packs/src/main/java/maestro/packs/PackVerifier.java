package maestro.packs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.pack.PackPart;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.WeightReport;

/**
 * Checks that a pack is what its description says: digests, well-formed files, tensors that fit the
 * architecture.
 */
final class PackVerifier {
  private PackVerifier() {}

  /**
   * How one part fared.
   *
   * @param part its name
   * @param tensors how many it holds
   * @param problem what is wrong, or null
   */
  record Finding(String part, int tensors, String problem) {}

  /** Looks at every part; reads every byte of the pack. */
  static List<Finding> verify(PackFolder pack, Watcher watcher) {
    List<Finding> findings = new ArrayList<>();
    for (String name : pack.parts()) {
      PackPart part = pack.part(name).orElseThrow();
      if (part.weights() != null) {
        findings.add(verify(pack, part, watcher));
      }
    }
    return findings;
  }

  private static Finding verify(PackFolder pack, PackPart part, Watcher watcher) {
    if (!Digests.of(part.weights(), part.name(), watcher).equals(part.digest())) {
      return new Finding(part.name(), 0, "its digest is another, the file was changed or damaged");
    }
    try (Checkpoint checkpoint = Safetensors.open(part.weights())) {
      int tensors = checkpoint.weights().size();
      return Architectures.shapes(part.name(), numbers(pack, part))
          .map(needed -> WeightReport.compare(needed, checkpoint.weights()))
          .filter(report -> !report.complete())
          .map(report -> new Finding(part.name(), tensors, report.toString()))
          .orElse(new Finding(part.name(), tensors, null));
    } catch (MaestroException e) {
      return new Finding(part.name(), 0, e.getMessage());
    }
  }

  /** The numbers of a part; a branch has the widths of its denoiser. */
  private static Map<String, Object> numbers(PackFolder pack, PackPart part) {
    Map<String, Object> numbers = new LinkedHashMap<>();
    if (part.name().equals(Architectures.BRANCH)) {
      pack.part(Architectures.DENOISER)
          .ifPresent(denoiser -> numbers.putAll(denoiser.architecture()));
    }
    numbers.putAll(part.architecture());
    return numbers;
  }
}
