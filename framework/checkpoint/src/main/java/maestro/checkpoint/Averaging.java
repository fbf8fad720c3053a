package maestro.checkpoint;

/**
 * Which copy of the weights is taken from a training checkpoint that keeps a running average beside
 * them.
 */
public enum Averaging {
  /**
   * The average when the file has one, else the weights as trained. What AudioLDM itself samples
   * with.
   */
  AUTO,
  /** The average; a file without one is refused. */
  EMA,
  /** The weights as trained. */
  RAW
}
