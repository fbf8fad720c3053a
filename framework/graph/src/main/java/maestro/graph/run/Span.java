package maestro.graph.run;

/**
 * A piece of a film's time.
 *
 * @param beginSeconds first moment
 * @param endSeconds first moment after it; infinite for the rest of the film
 */
public record Span(double beginSeconds, double endSeconds) {
  /** Length within a film of that duration. */
  double seconds(double duration) {
    return Math.max(0, Math.min(endSeconds, duration) - beginSeconds);
  }
}
