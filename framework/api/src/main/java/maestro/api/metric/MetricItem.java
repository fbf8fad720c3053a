package maestro.api.metric;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
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
 * @param film the film it was scored for, if known
 * @param corpus what a {@link CorpusMetric} kept of each piece of the real music; the host loads
 *     them one by one as they are asked for. Empty for other metrics
 */
public record MetricItem(
    String id,
    Sound generated,
    Optional<Sound> reference,
    Map<String, ControlSignal> controls,
    Optional<String> style,
    Optional<ScoredFilm> film,
    Iterable<MetricSample> corpus) {
  /** Copies the map. */
  public MetricItem {
    controls = Map.copyOf(controls);
  }

  /** An item whose film is not known. */
  public MetricItem(
      String id,
      Sound generated,
      Optional<Sound> reference,
      Map<String, ControlSignal> controls,
      Optional<String> style) {
    this(id, generated, reference, controls, style, Optional.empty(), List.of());
  }

  /**
   * What was asked for.
   *
   * @param control such as {@code control.melody}
   * @param metric that needs it, for the message
   * @throws MaestroException of kind INPUT when the item was made without it
   */
  public ControlSignal asked(String control, String metric) {
    ControlSignal asked = controls.get(control);
    if (asked == null) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          metric,
          "item " + id + " has no " + control.substring(control.indexOf('.') + 1) + " control",
          "give the one it was made with as " + control);
    }
    return asked;
  }

  /** The paper's frames, 10 ms each, over all of the generated sound; at least one. */
  public FrameGrid grid() {
    return FrameGrid.PAPER.withFrames(
        Math.max(1, (int) Math.ceil(generated.seconds() * 100 - 1e-9)));
  }
}
