package maestro.api.latent;

/**
 * A latent of the Music VAE, time first in space: {@code [C, T/4, F/4]}, [8, 256, 16] for 10.24 s.
 *
 * @param channels C
 * @param frames latent columns in time, 40 ms each
 * @param bands latent rows in frequency
 * @param values row-major
 */
public record Latent(int channels, int frames, int bands, float[] values) {
  /** Checks the size. */
  public Latent {
    if (channels < 1
        || frames < 1
        || bands < 1
        || values.length != (long) channels * frames * bands) {
      throw new IllegalArgumentException(
          "latent: ["
              + channels
              + ", "
              + frames
              + ", "
              + bands
              + "] does not hold "
              + values.length
              + " values");
    }
  }

  /** A latent of the same shape. */
  public Latent with(float[] other) {
    return new Latent(channels, frames, bands, other);
  }

  /** A latent of the same shape from values that were computed in double. */
  public Latent with(double[] other) {
    float[] rounded = new float[other.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) other[i];
    }
    return with(rounded);
  }

  /** The values in double, to compute with. */
  public double[] doubles() {
    double[] doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
