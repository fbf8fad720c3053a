package maestro.training.vocoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import maestro.signal.LogMel;
import maestro.signal.MelFilterBank;
import maestro.tensor.nn.Functions;

/** The mels of {@link LogMel}, its default settings, with a gradient. */
final class MelSpectrum {
  /** Samples that a sound must have at least. */
  static final int SHORTEST = Spectrum.shortest(LogMel.FRAME, LogMel.HOP);

  private final Spectrum spectrum;
  private final NDArray bank; // [64, 513]

  /**
   * A front end.
   *
   * @param manager owns its tables
   * @param type of the sound, float32 or float64
   */
  MelSpectrum(NDManager manager, DataType type) {
    spectrum = new Spectrum(manager, type, LogMel.FRAME, LogMel.HOP);
    double[][] rows =
        MelFilterBank.slaney(LogMel.SAMPLE_RATE_HZ, LogMel.FRAME, LogMel.BANDS, 0, 8000).matrix();
    double[] values = new double[LogMel.BANDS * spectrum.bins()];
    for (int band = 0; band < rows.length; band++) {
      System.arraycopy(rows[band], 0, values, band * spectrum.bins(), spectrum.bins());
    }
    bank = Spectrum.table(manager, type, values, LogMel.BANDS, spectrum.bins());
  }

  /**
   * The log-mels.
   *
   * @param sound {@code [B, 1, S]}, S a multiple of 160, of {@link #SHORTEST} or more
   * @return {@code [B, 64, S / 160]}, natural logarithm, ln 1e-5 or more
   */
  NDArray of(NDArray sound) {
    NDArray bands = bank.matMul(spectrum.of(sound));
    return Functions.atLeast(bands, (float) LogMel.FLOOR).log();
  }
}
