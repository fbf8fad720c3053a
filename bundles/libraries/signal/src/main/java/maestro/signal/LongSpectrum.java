package maestro.signal;

import java.util.Arrays;
import maestro.api.MaestroException;
import maestro.api.sound.Sound;

/**
 * Power spectra of long windows, which tell the semitones of the bass apart: 8192 samples at 16 kHz
 * (0.51 s), 2 Hz from bin to bin, periodic Hann. Nothing is put before or after the sound, so that
 * one shorter than a window has no frames. Thread-safe.
 */
public final class LongSpectrum {
  /** Rate that sounds are brought to. */
  public static final int SAMPLE_RATE_HZ = 16_000;

  /** Samples of a window. */
  public static final int WINDOW = 8192;

  /** Bins of a spectrum. */
  public static final int BINS = WINDOW / 2 + 1;

  /** Of the strongest frame, -60 dB. */
  private static final double AUDIBLE = 1e-6;

  /** Frames transformed at once: their spectra fit into 2 MB. */
  private static final int BLOCK = 64;

  private final int hop;
  private final Stft stft;

  /**
   * Spectra at a distance.
   *
   * @param hop samples from one frame to the next
   */
  public LongSpectrum(int hop) {
    this.hop = hop;
    this.stft = new Stft(WINDOW, hop);
  }

  /** Sees the spectrum of a frame; the array is that of the next frame, too. */
  public interface Frame {
    /**
     * Sees one.
     *
     * @param t number of the frame
     * @param power of each bin
     */
    void accept(int t, double[] power);
  }

  /** How many frames a sound has. */
  public int frames(Sound sound) {
    Resampler resampler = new Resampler(sound.sampleRateHz(), SAMPLE_RATE_HZ);
    return stft.frames(resampler.length(sound.length()));
  }

  /**
   * Shows all frames of a sound in order.
   *
   * @throws MaestroException of kind INPUT when a sample is not a finite number
   */
  public void forEach(Sound sound, Frame frame) {
    float[] samples = Waveforms.mono(sound, SAMPLE_RATE_HZ);
    int frames = stft.frames(samples.length);
    double[] power = new double[BINS];
    for (int from = 0; from < frames; from += BLOCK) {
      int count = Math.min(BLOCK, frames - from);
      int start = from * hop;
      double[] block =
          stft.spectrum(
              Arrays.copyOfRange(samples, start, start + (count - 1) * hop + WINDOW),
              Stft.Spectrum.POWER);
      for (int t = 0; t < count; t++) {
        System.arraycopy(block, t * BINS, power, 0, BINS);
        frame.accept(from + t, power);
      }
    }
  }

  /** The power of a spectrum, the sum of its bins. */
  public static double sum(double[] power) {
    double sum = 0;
    for (double bin : power) {
      sum += bin;
    }
    return sum;
  }

  /** Which frames can be heard: those with more than 1e-6 of the power of the strongest. */
  public static boolean[] audible(double[] powers) {
    double most = Arrays.stream(powers).max().orElse(0);
    boolean[] audible = new boolean[powers.length];
    for (int t = 0; t < powers.length; t++) {
      audible[t] = powers[t] > most * AUDIBLE;
    }
    return audible;
  }
}
