package maestro.packs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.tensor.PackPartSource;

/**
 * Names and shapes of the tensors that parts must have, asked of the bundles that own the networks.
 *
 * @param sources of all bundles that are on
 */
record PartShapes(List<PackPartSource> sources) {
  /**
   * Of a part, or empty when no bundle that is on knows it.
   *
   * @param architecture its numbers; for a branch, those of its denoiser too
   * @throws MaestroException when a number makes no sense
   */
  Optional<Map<String, long[]>> of(String part, Map<String, Object> architecture) {
    return sources.stream()
        .filter(source -> source.parts().contains(part))
        .findFirst()
        .map(source -> shapes(source, part, architecture));
  }

  /** Those of some parts that a bundle which is on knows. */
  List<String> known(List<String> parts) {
    return parts.stream()
        .filter(part -> sources.stream().anyMatch(source -> source.parts().contains(part)))
        .toList();
  }

  private static Map<String, long[]> shapes(
      PackPartSource source, String part, Map<String, Object> architecture) {
    try {
      return source.shapes(part, architecture);
    } catch (IllegalArgumentException | ArithmeticException e) { // blocks check their own numbers
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "part " + part,
          "its architecture makes no network (" + e.getMessage() + ")",
          "mend pack.json",
          e);
    }
  }

  /**
   * The same of a part that must be known.
   *
   * @throws MaestroException of kind CONFIGURATION when no bundle that is on knows it
   */
  Map<String, long[]> needed(String part, Map<String, Object> architecture) {
    return of(part, architecture)
        .orElseThrow(
            () ->
                new MaestroException(
                    MaestroException.Kind.CONFIGURATION,
                    part,
                    "no bundle that is on says what tensors it has",
                    "switch on the bundle that reads it, or install it"));
  }
}
