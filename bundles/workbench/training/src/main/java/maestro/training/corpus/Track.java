package maestro.training.corpus;

import java.util.Map;
import java.util.Set;
import maestro.checkpoint.Weight;

/**
 * One piece of music with what was computed of it, read from the disk where it is asked for.
 * Thread-safe.
 */
public final class Track {
  private final String name;
  private final String label;
  private final String digest;
  private final Map<String, Weight> curves;

  Track(String name, String label, String digest, Map<String, Weight> curves) {
    this.name = name;
    this.label = label;
    this.digest = digest;
    this.curves = curves;
  }

  /** Path of the file within the corpus. */
  public String name() {
    return name;
  }

  /** Composer, or empty. */
  public String label() {
    return label;
  }

  /** SHA-256 of the file, lower-case hexadecimal. */
  public String digest() {
    return digest;
  }

  /** Mel frames, 10 ms each. */
  public int frames() {
    return Math.toIntExact(curves.get(Corpus.MEL).shape()[0]);
  }

  /** Names of the curves, {@code mel}, {@code wave} and the controls. */
  public Set<String> curves() {
    return curves.keySet();
  }

  /** Channels of a curve: 64 of the mel, 1 of the wave. */
  public int channels(String curve) {
    return Math.toIntExact(curves.get(curve).shape()[1]);
  }

  /** Rows of a curve: frames, or samples of the wave. */
  public int rows(String curve) {
    return Math.toIntExact(curves.get(curve).shape()[0]);
  }

  /**
   * A part of a curve.
   *
   * @param from first row
   * @param count rows; those beyond the end are 0, but for the mel, whose last row is repeated
   * @return {@code [count, channels]}, row after row
   */
  public float[] part(String curve, int from, int count) {
    Weight weight = curves.get(curve);
    int channels = channels(curve);
    int there = Math.max(0, Math.min(count, rows(curve) - from));
    float[] values = new float[count * channels];
    if (there > 0) {
      System.arraycopy(weight.rows(from, from + there).toFloats(), 0, values, 0, there * channels);
    }
    if (curve.equals(Corpus.MEL) && there > 0) {
      for (int row = there; row < count; row++) {
        System.arraycopy(values, (there - 1) * channels, values, row * channels, channels);
      }
    }
    return values;
  }
}
