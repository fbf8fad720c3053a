package maestro.api.control;

/**
 * A steady beat.
 *
 * @param beatSeconds from one beat to the next, greater than 0: 0.5 at 120 beats a minute
 * @param firstSeconds time of a beat, counted from the beginning of the score
 */
public record Tempo(double beatSeconds, double firstSeconds) {
  /** Checks the numbers. */
  public Tempo {
    if (!(beatSeconds > 0 && beatSeconds < Double.POSITIVE_INFINITY)
        || !Double.isFinite(firstSeconds)) {
      throw new IllegalArgumentException(
          "tempo: a beat every " + beatSeconds + " s, one of them at " + firstSeconds + " s");
    }
  }

  /** Beats in a minute. */
  public double beatsPerMinute() {
    return 60 / beatSeconds;
  }
}
