package maestro.api.film;

import java.util.List;

/**
 * Values over time, for people and for reports.
 *
 * @param stepSeconds time between two rows
 * @param channels name of each column
 * @param values {@code [rows, channels]}, row after row; row r is at time r · stepSeconds
 */
public record TimeLine(double stepSeconds, List<String> channels, float[] values) {
  /** Checks that the rows are whole. */
  public TimeLine {
    channels = List.copyOf(channels);
    if (!(stepSeconds > 0) || channels.isEmpty() || values.length % channels.size() != 0) {
      throw new IllegalArgumentException(
          "time line: "
              + values.length
              + " values do not fill rows of "
              + channels.size()
              + " channels");
    }
  }

  /** Number of rows. */
  public int rows() {
    return values.length / channels.size();
  }

  /** One value. */
  public float at(int row, int channel) {
    return values[row * channels.size() + channel];
  }
}
