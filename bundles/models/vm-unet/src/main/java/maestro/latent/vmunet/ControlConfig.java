package maestro.latent.vmunet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers of an S-Control Branch.
 *
 * @param controls channels of each local control by its short name, in order: {@code melody} 12,
 *     {@code dynamics} 1
 * @param preWidths widths of the two convolutions before the pyramid, 64 and 128
 * @param injection where the local controls enter
 */
public record ControlConfig(
    Map<String, Integer> controls, List<Integer> preWidths, Injection injection) {
  /** Where the local controls enter the branch. The paper's equation 1 says at each level. */
  public enum Injection {
    /** In the first residual block of every level, after its second normalisation. */
    LEVELS,
    /** Once, after input block 0, as in the first ControlNet. */
    ENTRY
  }

  /** Copies the map, keeping its order. */
  public ControlConfig {
    controls = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(controls));
    preWidths = List.copyOf(preWidths);
    if (preWidths.size() != 2) {
      throw new IllegalArgumentException(
          "illegal branch: needs two widths before the pyramid, got " + preWidths);
    }
  }

  /**
   * Frames of a control in one column of the latent, 4: each convolution before halves the time.
   */
  public int framesInPlace() {
    return 1 << preWidths.size();
  }

  /** The paper's: melody of 12 channels and dynamics of one. */
  public static ControlConfig paper() {
    Map<String, Integer> controls = new LinkedHashMap<>();
    controls.put("melody", 12);
    controls.put("dynamics", 1);
    return new ControlConfig(controls, List.of(64, 128), Injection.LEVELS);
  }
}
