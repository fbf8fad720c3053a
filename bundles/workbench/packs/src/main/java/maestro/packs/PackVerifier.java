package maestro.packs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.pack.PackPart;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.CheckpointException;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WeightReport;

/**
 * Checks that a pack is what its description says: digests, well-formed files, tensors that fit the
 * architecture, no number that is none.
 */
final class PackVerifier {
  /** Tensors that are named. */
  private static final int SHOWN = 10;

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
  static List<Finding> verify(PackFolder pack, PartShapes shapes, Watcher watcher) {
    List<Finding> findings = new ArrayList<>();
    for (String name : pack.parts()) {
      PackPart part = pack.part(name).orElseThrow();
      if (part.weights() != null) {
        findings.add(verify(pack, part, shapes, watcher));
      }
    }
    return findings;
  }

  private static Finding verify(
      PackFolder pack, PackPart part, PartShapes shapes, Watcher watcher) {
    if (!Digests.of(part.weights(), part.name(), watcher).equals(part.digest())) {
      return new Finding(part.name(), 0, "its digest is another, the file was changed or damaged");
    }
    try (Checkpoint checkpoint = Safetensors.open(part.weights())) {
      int tensors = checkpoint.weights().size();
      List<String> problems = new ArrayList<>();
      shapes
          .of(part.name(), numbers(pack, part))
          .map(needed -> WeightReport.compare(needed, checkpoint.weights()))
          .filter(report -> !report.complete())
          .ifPresent(report -> problems.add(report.toString()));
      problems.addAll(notFinite(checkpoint, watcher));
      return new Finding(
          part.name(), tensors, problems.isEmpty() ? null : String.join("; ", problems));
    } catch (MaestroException e) {
      return new Finding(part.name(), 0, e.getMessage());
    }
  }

  /** Tensors with numbers that are none, each with the place of the first. */
  private static List<String> notFinite(Checkpoint checkpoint, Watcher watcher) {
    List<String> found = new ArrayList<>();
    for (Weight weight : checkpoint.weights().values()) {
      watcher.at("looking for numbers that are none", 0, 0);
      if (weight.dataType().floating()) {
        float[] numbers = weight.toFloats();
        int first = -1;
        int count = 0;
        for (int i = 0; i < numbers.length; i++) {
          if (!Float.isFinite(numbers[i])) {
            first = count++ == 0 ? i : first;
          }
        }
        if (count > 0) {
          found.add(
              String.format(
                  Locale.ROOT,
                  "%s is %s at %s (%d of %d numbers are NaN or infinite)",
                  CheckpointException.quote(weight.name()),
                  numbers[first],
                  place(first, weight.shape()),
                  count,
                  numbers.length));
        }
      }
    }
    List<String> shown = new ArrayList<>(found.subList(0, Math.min(SHOWN, found.size())));
    if (found.size() > SHOWN) {
      shown.add("and " + (found.size() - SHOWN) + " more tensors have such");
    }
    return shown;
  }

  /** Index along each axis. */
  private static String place(int at, long[] shape) {
    long[] place = new long[shape.length];
    long rest = at;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      place[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return Arrays.toString(place);
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
