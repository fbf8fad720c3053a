package maestro.training.vocoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import maestro.tensor.nn.Functions;

/**
 * Multi-resolution distance of spectra (Yamamoto et al. 2020, section 2.2), to judge by: for frames
 * of 512, 1024 and 2048 samples at a quarter of a frame, with magnitudes M, ‖M(real) − M(made)‖ /
 * ‖M(real)‖ plus the mean of |ln M(real) − ln M(made)|, magnitudes below 1e-5 counting as that. The
 * mean over the three; 0 for the same sound.
 */
final class SpectralDistance {
  private static final List<Integer> SIZES = List.of(512, 1024, 2048);
  private static final float FLOOR = 1e-5f;

  /** Samples that a sound must have at least. */
  static final int SHORTEST = Spectrum.shortest(2048, 512);

  private final List<Spectrum> spectra;

  /**
   * A distance of float32 sounds.
   *
   * @param manager owns its tables
   */
  SpectralDistance(NDManager manager) {
    spectra =
        SIZES.stream()
            .map(size -> new Spectrum(manager, DataType.FLOAT32, size, size / 4))
            .toList();
  }

  /** The distance of two sounds {@code [B, 1, S]}. */
  double of(NDArray real, NDArray made) {
    double sum = 0;
    for (Spectrum spectrum : spectra) {
      NDArray wanted = Functions.atLeast(spectrum.of(real), FLOOR);
      NDArray got = Functions.atLeast(spectrum.of(made), FLOOR);
      double squares = number(wanted.sub(got).square().sum());
      sum += Math.sqrt(squares / number(wanted.square().sum()));
      sum += number(wanted.log().sub(got.log()).abs().mean());
    }
    return sum / spectra.size();
  }

  private static double number(NDArray scalar) {
    return scalar.toFloatArray()[0];
  }
}
