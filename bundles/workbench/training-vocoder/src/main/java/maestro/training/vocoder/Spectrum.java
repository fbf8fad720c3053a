package maestro.training.vocoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import maestro.signal.Stft;

/**
 * Magnitudes of the short-time Fourier transform of sound, with a gradient: a convolution with
 * cosines and sines under a periodic Hann window. Frames lie as in {@link maestro.signal.LogMel}:
 * frame t starts (size − hop)/2 samples before sample hop·t, with the sound mirrored at its ends.
 */
final class Spectrum {
  /**
   * Added under the root, whose slope at 0 has no bound. A bin of the mel's floor changes by a part
   * in 10⁵.
   */
  private static final double UNDER_ROOT = 1e-12;

  private static final Shape ONE = new Shape(1);

  private final int size;
  private final int hop;
  private final NDArray waves;

  /**
   * A transform.
   *
   * @param manager owns its cosines and sines
   * @param type of the sound, float32 or float64
   * @param size samples of a frame, even
   * @param hop samples from one frame to the next, even
   */
  Spectrum(NDManager manager, DataType type, int size, int hop) {
    this.size = size;
    this.hop = hop;
    double[] window = Stft.hann(size);
    double[] cosine = new double[size];
    for (int i = 0; i < size; i++) {
      cosine[i] = Math.cos(2 * Math.PI * i / size);
    }
    int bins = bins();
    double[] kernels = new double[2 * bins * size];
    for (int k = 0; k < bins; k++) {
      for (int n = 0; n < size; n++) {
        int angle = (int) ((long) k * n % size);
        kernels[k * size + n] = window[n] * cosine[angle];
        // A sine is the cosine a quarter turn later.
        kernels[(bins + k) * size + n] = window[n] * cosine[(angle + size - size / 4) % size];
      }
    }
    waves = table(manager, type, kernels, 2 * bins, 1, size);
  }

  /** Numbers that stay as they are. */
  static NDArray table(NDManager manager, DataType type, double[] values, long... shape) {
    if (type == DataType.FLOAT64) {
      return manager.create(DoubleBuffer.wrap(values), new Shape(shape));
    }
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return manager.create(FloatBuffer.wrap(rounded), new Shape(shape));
  }

  /** Number of bins, size/2 + 1. */
  int bins() {
    return size / 2 + 1;
  }

  /** Samples that a sound must have at least, so that it can be mirrored. */
  static int shortest(int size, int hop) {
    return (size - hop) / 2 + 1;
  }

  /**
   * The magnitudes.
   *
   * @param sound {@code [B, 1, S]} with S of (size − hop)/2 + 1 or more
   * @return {@code [B, bins, S / hop]}
   */
  NDArray of(NDArray sound) {
    int padding = (size - hop) / 2;
    NDList parts =
        sound
            .getNDArrayInternal()
            .convolution(
                Reflection.pad(sound, padding, padding),
                waves,
                null,
                new Shape(hop),
                new Shape(0),
                ONE,
                1)
            .singletonOrThrow()
            .split(2, 1);
    return parts.get(0).square().add(parts.get(1).square()).add(UNDER_ROOT).sqrt();
  }
}
