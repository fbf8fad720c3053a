package maestro.api.metric;

/**
 * One figure.
 *
 * @param measure what was measured
 * @param value the figure; NaN only with a note that says why
 * @param count on how many samples it rests
 * @param note what a reader must know with it (embedding, reference, what was left out), or empty
 */
public record Measurement(Measure measure, double value, long count, String note) {
  /** Refuses a NaN without a reason. */
  public Measurement {
    if (Double.isNaN(value) && note.isBlank()) {
      throw new IllegalArgumentException(
          "measurement " + measure.name() + ": not a number, without saying why");
    }
  }
}
