package maestro.api.node;

import java.util.Arrays;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;

/**
 * A control over time as somebody wrote it down.
 *
 * @param stepSeconds time between two rows, greater than 0
 * @param channels values in a row
 * @param values {@code [rows, channels]}; row r is at time r · stepSeconds of the score; a value
 *     that is not a number is not specified
 */
public record Curve(double stepSeconds, int channels, float[] values) {
  /** Checks that the rows are whole. */
  public Curve {
    if (!(stepSeconds > 0) || channels < 1 || values.length % channels != 0) {
      throw new IllegalArgumentException("curve: its rows are not whole");
    }
  }

  /**
   * The curve on the frames of a score: at each frame the row before it; not specified after its
   * end.
   *
   * @param width channels the control has
   * @param control its name, for the message
   * @throws MaestroException of kind INPUT when it has another number of channels
   */
  public ControlSignal on(FrameGrid grid, int width, String control) {
    if (width != channels) {
      throw new MaestroException(
          Kind.INPUT,
          control,
          "the curve given for it has " + channels + " channels where it has " + width,
          "give one as 'maestro controls' writes it");
    }
    float[] on = new float[Math.multiplyExact(grid.frames(), width)];
    Arrays.fill(on, Float.NaN);
    int rows = values.length / channels;
    double frameSeconds = (double) grid.hopSamples() / grid.sampleRateHz();
    for (int t = 0; t < grid.frames(); t++) {
      int row = (int) Math.floor(t * frameSeconds / stepSeconds + 1e-6);
      if (row < rows) {
        System.arraycopy(values, row * channels, on, t * width, width);
      }
    }
    return new ControlSignal(grid.frames(), width, on);
  }
}
