package maestro.api.node;

import java.util.Arrays;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.Note;
import maestro.api.control.StyleControl;

/** A control over time as somebody wrote it down: its values, or notes that it can be read from. */
public sealed interface Curve {
  /**
   * The curve on the frames of a score, in the control's own unit; a value that is not a number is
   * not specified.
   *
   * @param name the control's name, for the message
   * @throws MaestroException of kind INPUT when the control cannot be written so
   */
  ControlSignal on(FrameGrid grid, StyleControl control, String name);

  /**
   * Values in time.
   *
   * @param stepSeconds time between two rows, greater than 0
   * @param channels values in a row
   * @param values {@code [rows, channels]}; row r is at time r · stepSeconds of the score; a value
   *     that is not a number is not specified
   */
  record Rows(double stepSeconds, int channels, float[] values) implements Curve {
    /** Checks that the rows are whole. */
    public Rows {
      if (!(stepSeconds > 0) || channels < 1 || values.length % channels != 0) {
        throw new IllegalArgumentException("curve: its rows are not whole");
      }
    }

    /** At each frame the row before it; not specified after its end. */
    @Override
    public ControlSignal on(FrameGrid grid, StyleControl control, String name) {
      int width = control.channels();
      if (width != channels) {
        throw new MaestroException(
            Kind.INPUT,
            name,
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

  /**
   * Notes, as in a MIDI file.
   *
   * @param notes in the order of their beginnings, at least one
   */
  record Notes(List<Note> notes) implements Curve {
    /** Keeps a copy. */
    public Notes {
      notes = List.copyOf(notes);
      if (notes.isEmpty()) {
        throw new IllegalArgumentException("curve: there is no note");
      }
    }

    /** As the control reads notes; not specified after the end of the last one. */
    @Override
    public ControlSignal on(FrameGrid grid, StyleControl control, String name) {
      ControlSignal written =
          control
              .write(notes, grid)
              .orElseThrow(
                  () ->
                      new MaestroException(
                          Kind.INPUT,
                          name,
                          "it cannot be read from notes",
                          "give its values over time, as .csv, .json or .safetensors"));
      double end = notes.stream().mapToDouble(Note::endSeconds).max().orElseThrow();
      double frameSeconds = (double) grid.hopSamples() / grid.sampleRateHz();
      int specified = (int) Math.min(written.frames(), Math.ceil(end / frameSeconds));
      float[] values = written.values().clone();
      Arrays.fill(values, specified * written.channels(), values.length, Float.NaN);
      return new ControlSignal(written.frames(), written.channels(), values);
    }
  }
}
