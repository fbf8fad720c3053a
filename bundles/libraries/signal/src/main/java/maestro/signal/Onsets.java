package maestro.signal;

import java.util.ArrayList;
import java.util.List;

/**
 * Onsets as librosa's {@code onset_detect} finds them: spectral flux of a mel spectrogram in dB,
 * normalised, peaks picked.
 *
 * <p>22 050 Hz, frames of 2048 samples every 512, centred, 128 Slaney bands of the power; 10·log₁₀,
 * floor 80 dB below the maximum; mean over bands of the rise from one frame to the next, three
 * zeros in front.
 */
public final class Onsets {
  /** Sample rate the frames are laid over. */
  public static final int SAMPLE_RATE_HZ = 22_050;

  /** Samples between two frames. */
  public static final int HOP = 512;

  private static final int FRAME = 2048;
  private static final int BANDS = 128;
  private static final int DELAY = 1 + FRAME / (2 * HOP);
  private static final double FLOOR = 1e-10;
  private static final double RANGE = 1e-8;
  private static final double DECIBELS = 10 / Math.log(10);

  private static final Stft STFT = new Stft(FRAME, HOP);
  private static final FilterBank BANK =
      MelFilterBank.slaney(SAMPLE_RATE_HZ, FRAME, BANDS, 0, SAMPLE_RATE_HZ / 2.0);

  private Onsets() {}

  /**
   * How a peak must stand out; all in frames but delta.
   *
   * @param before frames before a peak that must not be higher
   * @param after frames from the peak on that must not be higher
   * @param averageBefore frames before it in the mean
   * @param averageAfter frames from the peak on in the mean
   * @param delta how far above the mean
   * @param gap frames after a peak without another
   */
  public record Peaks(
      int before, int after, int averageBefore, int averageAfter, double delta, int gap) {
    /** Those of librosa's onset_detect at its usual rate and hop. */
    public static final Peaks LIBROSA = new Peaks(1, 1, 4, 5, 0.07, 1);

    /** Those of OpenGVLab/LORIS. */
    public static final Peaks LORIS = new Peaks(3, 3, 3, 3, 0.2, 1);

    /** Those of L-YeZhu/Beats_Scores. */
    public static final Peaks D2M = new Peaks(1, 1, 1, 1, 0.2, 1);
  }

  /** Onset frames of samples at 22 050 Hz. */
  public static int[] detect(float[] samples, Padding padding, Peaks peaks) {
    double[] strength = strength(samples, padding);
    return normalise(strength) ? pick(strength, peaks) : new int[0];
  }

  /**
   * Onset strength of every frame.
   *
   * @param samples at 22 050 Hz
   * @return mean rise in dB, 0 or more, for each of 1 + samples/512 frames
   */
  public static double[] strength(float[] samples, Padding padding) {
    float[] padded = padding.pad(samples, FRAME / 2, FRAME / 2);
    double[] level = STFT.bands(padded, Stft.Spectrum.POWER, BANK);
    double most = 0;
    for (double power : level) {
      most = Math.max(most, power);
    }
    double least = Math.max(FLOOR, most * RANGE);
    for (int i = 0; i < level.length; i++) {
      level[i] = DECIBELS * Logarithm.of(level[i] < least ? least : level[i]);
    }
    int frames = level.length / BANDS;
    double[] strength = new double[frames];
    for (int t = 1; t + DELAY - 1 < frames; t++) {
      double rise = 0;
      for (int m = 0; m < BANDS; m++) {
        rise += Math.max(0, level[t * BANDS + m] - level[(t - 1) * BANDS + m]);
      }
      strength[t + DELAY - 1] = rise / BANDS;
    }
    return strength;
  }

  /** Brings the strengths to 0 … 1; false when there is nothing to bring. */
  public static boolean normalise(double[] strength) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double value : strength) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (!(most - least > 0)) {
      return false;
    }
    for (int i = 0; i < strength.length; i++) {
      strength[i] = (strength[i] - least) / (most - least);
    }
    return true;
  }

  /** Frames of peaks, in order. Windows are cut at the ends of the signal. */
  public static int[] pick(double[] x, Peaks peaks) {
    List<Integer> found = new ArrayList<>();
    int last = Integer.MIN_VALUE / 2;
    for (int n = 0; n < x.length; n++) {
      double highest = Double.NEGATIVE_INFINITY;
      int to = Math.min(x.length, n + peaks.after());
      for (int i = Math.max(0, n - peaks.before()); i < to; i++) {
        highest = Math.max(highest, x[i]);
      }
      double sum = 0;
      int from = Math.max(0, n - peaks.averageBefore());
      to = Math.min(x.length, n + peaks.averageAfter());
      for (int i = from; i < to; i++) {
        sum += x[i];
      }
      double mean = sum / (to - from);
      if (x[n] == highest && x[n] >= mean + peaks.delta() && n > last + peaks.gap()) {
        found.add(n);
        last = n;
      }
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }
}
