package maestro.api.metric;

/**
 * Name and meaning of a figure.
 *
 * @param name as in the paper's tables: {@code BCS}, {@code FAD}, …
 * @param unit for instance {@code %}, {@code LUFS}, or empty
 * @param direction which way is better
 */
public record Measure(String name, String unit, Direction direction) {
  /** Which way is better. */
  public enum Direction {
    /** More is better. */
    HIGHER,
    /** Less is better. */
    LOWER,
    /** Neither. */
    NONE
  }
}
