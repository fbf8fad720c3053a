package maestro.graph;

import java.util.Map;
import java.util.Optional;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;

/**
 * Mean and deviation of a control over the training set, from the pack's part {@code branch}:
 * {@code "controls": {"dynamics": {"mean": -21.5, "deviation": 9.3}}}. A control without them is
 * fed as it is.
 *
 * @param mean in the control's unit
 * @param deviation greater than 0
 */
record ControlStatistics(double mean, double deviation) {
  private static final ControlStatistics NONE = new ControlStatistics(0, 1);

  static ControlStatistics of(Optional<ModelPack> pack, String control) {
    return pack.flatMap(present -> present.part("branch"))
        .map(PackPart::architecture)
        .map(architecture -> architecture.get("controls"))
        .filter(Map.class::isInstance)
        .map(controls -> ((Map<?, ?>) controls).get(control))
        .filter(Map.class::isInstance)
        .map(one -> of((Map<?, ?>) one))
        .orElse(NONE);
  }

  private static ControlStatistics of(Map<?, ?> one) {
    double mean = one.get("mean") instanceof Number number ? number.doubleValue() : 0;
    double deviation = one.get("deviation") instanceof Number number ? number.doubleValue() : 1;
    return deviation > 0 ? new ControlStatistics(mean, deviation) : NONE;
  }
}
