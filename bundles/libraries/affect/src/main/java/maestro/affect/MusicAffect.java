package maestro.affect;

import maestro.api.sound.Mel;

/**
 * The affect of a piece of music, raw, from its log-mel alone:
 *
 * <ul>
 *   <li>energy: mean over time of the logarithm of a frame's summed magnitude;
 *   <li>pace: mean over time and bands of the rise of the log-mel over 30 ms, falls counted as 0
 *       (spectral flux, as an onset curve has it), in frames within 60 dB of the loudest;
 *   <li>brightness: mean band number weighted by magnitude, 0 … 1;
 *   <li>warmth: share of the magnitude in the lowest quarter of the bands, 0 … 1;
 *   <li>tension: mean spectral flatness, the geometric over the arithmetic mean of the magnitudes,
 *       0 … 1: low for few clear tones, high for dense and noisy sound.
 * </ul>
 */
public final class MusicAffect {
  private static final int FLUX_LAG = 3;
  private static final double AUDIBLE = Math.log(1e-3);

  private MusicAffect() {}

  /** The raw figures, in the order of {@link AffectScale#DIMENSIONS}. */
  public static double[] of(Mel mel) {
    int bands = mel.bands();
    float[] values = mel.values();
    double[] loudness = new double[mel.frames()];
    double loudest = Double.NEGATIVE_INFINITY;
    double energy = 0;
    double weighted = 0;
    double low = 0;
    double total = 0;
    double flatness = 0;
    for (int t = 0; t < mel.frames(); t++) {
      double sum = 0;
      double logarithms = 0;
      for (int b = 0; b < bands; b++) {
        double logarithm = values[t * bands + b];
        double magnitude = Math.exp(logarithm);
        sum += magnitude;
        logarithms += logarithm;
        weighted += magnitude * b / (bands - 1);
        low += b < bands / 4 ? magnitude : 0;
      }
      total += sum;
      loudness[t] = Math.log(sum);
      loudest = Math.max(loudest, loudness[t]);
      energy += loudness[t] / mel.frames();
      flatness += Math.exp(logarithms / bands) / (sum / bands) / mel.frames();
    }
    double flux = 0;
    int counted = 0;
    for (int t = FLUX_LAG; t < mel.frames(); t++) {
      if (loudness[t] > loudest + AUDIBLE) {
        counted++;
        for (int b = 0; b < bands; b++) {
          double rise = values[t * bands + b] - values[(t - FLUX_LAG) * bands + b];
          flux += Math.max(0, rise) / bands;
        }
      }
    }
    return new double[] {
      energy, counted == 0 ? 0 : flux / counted, weighted / total, low / total, flatness
    };
  }
}
