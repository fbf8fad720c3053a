package maestro.api.control;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.film.TimeLine;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Hears one property of a style piece, frame by frame (paper, section 3.2.2). Thread-safe.
 *
 * <p>A new control with its own number of channels gets its local encoder in the S-Control Branch
 * from the model pack, under the control's short name ({@code control.melody} → {@code melody}).
 */
@ConsumerType
public interface StyleControl {
  /** Number of channels, C. */
  int channels();

  /**
   * Extracts the control.
   *
   * @param sound any rate and channel count; shorter or longer than the grid is padded with silence
   *     or cut
   * @param grid frames wanted
   * @return {@code [grid.frames(), channels()]}, in natural units (one-hot, dB, …)
   */
  ControlSignal extract(Sound sound, FrameGrid grid);

  /**
   * What the network is fed: standardised so that zero is neutral.
   *
   * @param signal as extracted
   * @param mean mean of the control over the training set, from the model pack
   * @param deviation standard deviation over the training set, greater than 0
   */
  default ControlSignal standardise(ControlSignal signal, double mean, double deviation) {
    float[] scaled = new float[signal.values().length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) ((signal.values()[i] - mean) / deviation);
    }
    return new ControlSignal(signal.frames(), signal.channels(), scaled);
  }

  /**
   * Reads the control from notes instead of hearing it: from a composer's MIDI file, say. Not in
   * the paper.
   *
   * @param notes in the order of their beginnings; some may lie after the grid's end
   * @param grid frames wanted; frame 0 is at 0 s
   * @return {@code [grid.frames(), channels()]}, in natural units; empty when notes do not tell it,
   *     as for every control that does not say otherwise
   */
  default Optional<ControlSignal> write(List<Note> notes, FrameGrid grid) {
    return Optional.empty();
  }

  /**
   * Whether it hears the style piece when there is one; if not, it is drawn from the film then,
   * too.
   */
  default boolean hears() {
    return true;
  }

  /** Whether {@link #draw} can draw this control, as it is set, when there is no style piece. */
  default boolean drawsFromFilm() {
    return false;
  }

  /**
   * Draws the control from a film instead of hearing it in a style piece. Not in the paper, whose
   * local controls are zero then (section 4.1).
   *
   * @param film time lines of the recipe's encoders, by the encoder's name; row 0 is at the grid's
   *     first frame
   * @param grid frames wanted
   * @param run its noise decides what the film leaves open
   * @return {@code [grid.frames(), channels()]} as the network is fed: mean 0 and deviation 1 over
   *     the training set
   * @throws maestro.api.MaestroException of kind CONFIGURATION when no encoder gives what it needs
   * @throws UnsupportedOperationException when {@link #drawsFromFilm} says no
   */
  default ControlSignal draw(Map<String, TimeLine> film, FrameGrid grid, RunContext run) {
    throw new UnsupportedOperationException("this control is heard in a style piece");
  }
}
