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

  /**
   * The mean over clips.
   *
   * @param values of each clip; NaN where it has none
   * @param why there is none, for the note: {@code "are silent"}
   */
  public static Measurement mean(Measure measure, double[] values, String why) {
    double sum = 0;
    int count = 0;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    if (count == 0) {
      String none = values.length == 0 ? "no clips" : "all clips " + why;
      return new Measurement(measure, Double.NaN, 0, none);
    }
    int without = values.length - count;
    String note = without + " of " + values.length + " clips left out, which " + why;
    return new Measurement(measure, sum / count, count, without == 0 ? "" : note);
  }
}
