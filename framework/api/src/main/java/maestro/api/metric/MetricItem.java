package maestro.api.metric;

import java.util.Map;
import java.util.Optional;
import maestro.api.control.ControlSignal;
import maestro.api.sound.Sound;

/**
 * One generated clip with what it is compared to.
 *
 * @param id name of the item, unique within the set
 * @param generated the generated sound
 * @param reference the real sound of the same item, if there is one
 * @param controls what was asked for, by control name ({@code control.melody}), in natural units;
 *     may be empty
 * @param style class of style (composer, genre, emotion), if known
 */
public record MetricItem(
    String id,
    Sound generated,
    Optional<Sound> reference,
    Map<String, ControlSignal> controls,
    Optional<String> style) {
  /** Copies the map. */
  public MetricItem {
    controls = Map.copyOf(controls);
  }
}
