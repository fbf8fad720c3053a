package maestro.api.sound;

/**
 * A log-mel spectrogram, natural logarithm of magnitudes, floor 1e-5 (paper, appendix C; AudioLDM's
 * front end).
 *
 * @param frames T, one every hop
 * @param bands F, 64 in the paper
 * @param values {@code [T, F]}, frame after frame
 */
public record Mel(int frames, int bands, float[] values) {
  /** Checks the size. */
  public Mel {
    if (frames < 1 || bands < 1 || values.length != (long) frames * bands) {
      throw new IllegalArgumentException(
          "mel: [" + frames + ", " + bands + "] does not hold " + values.length + " values");
    }
  }
}
