package maestro.api.control;

/**
 * A written note.
 *
 * @param seconds its beginning, from the beginning of the score, 0 or more
 * @param durationSeconds how long it sounds, 0 or more
 * @param pitch number of its key, 0 to 127; 60 is middle C. For percussion the instrument's
 * @param strength how hard it is struck, greater than 0, at most 1
 * @param pitched false for percussion
 */
public record Note(
    double seconds, double durationSeconds, int pitch, double strength, boolean pitched) {
  private static final int KEYS = 128;

  /** Checks the ranges. */
  public Note {
    boolean inTime = seconds >= 0 && durationSeconds >= 0 && seconds + durationSeconds < 1e9;
    if (!inTime || pitch < 0 || pitch >= KEYS || !(strength > 0 && strength <= 1)) {
      throw new IllegalArgumentException(
          "note: key " + pitch + " at " + seconds + " s for " + durationSeconds + " s");
    }
  }

  /** When it ends, in seconds from the beginning of the score. */
  public double endSeconds() {
    return seconds + durationSeconds;
  }
}
