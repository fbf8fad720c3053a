package maestro.signal;

import java.util.Arrays;

/**
 * Short-time Fourier transform of a real signal with a periodic Hann window.
 *
 * <p>Frame t is the window times the samples from t·hop, filled up with zeros to the size of the
 * transform. The caller pads the signal as its front end wants it; see {@link Padding}.
 * Thread-safe.
 */
public final class Stft {
  /**
   * Frames transformed side by side, in pairs: enough for vector instructions, few enough for the
   * cache.
   */
  private static final int PAIRS = 32;

  /** What is taken of each complex bin. */
  public enum Spectrum {
    /** |X|. */
    MAGNITUDE,
    /** |X|². */
    POWER
  }

  private final Fft fft;
  private final int hop;
  private final double[] window;

  /**
   * A transform whose window is as long as the transform.
   *
   * @param size samples of a frame, a power of two
   * @param hop samples from one frame to the next
   */
  public Stft(int size, int hop) {
    this(size, size, hop);
  }

  /**
   * A transform with a shorter window.
   *
   * @param size samples of the transform, a power of two
   * @param windowLength samples of a frame, at most size
   * @param hop samples from one frame to the next
   */
  public Stft(int size, int windowLength, int hop) {
    if (windowLength < 2 || windowLength > size || hop < 1) {
      throw new IllegalArgumentException(
          "illegal frames: window " + windowLength + ", hop " + hop + ", transform " + size);
    }
    this.fft = new Fft(size);
    this.hop = hop;
    this.window = hann(windowLength);
  }

  /** The periodic Hann window, ½ − ½·cos(2πn/length). */
  public static double[] hann(int length) {
    double[] window = new double[length];
    for (int n = 0; n < length; n++) {
      window[n] = 0.5 - 0.5 * StrictMath.cos(2 * Math.PI * n / length);
    }
    return window;
  }

  /** Number of bins, size/2 + 1. */
  public int bins() {
    return fft.size() / 2 + 1;
  }

  /** Number of whole frames in a padded signal. */
  public int frames(int samples) {
    return samples < window.length ? 0 : 1 + (samples - window.length) / hop;
  }

  /**
   * The spectrum of every frame, bin by bin.
   *
   * @param padded the signal with its padding
   * @return {@code [frames, bins]}, frame after frame
   */
  public double[] spectrum(float[] padded, Spectrum kind) {
    int frames = frames(padded.length);
    int bins = bins();
    double[] out = new double[Math.multiplyExact(frames, bins)];
    forEachBlock(
        padded,
        kind,
        (from, count, even, odd) -> {
          for (int k = 0; k < bins; k++) {
            scatter(even[k], from, Math.min(count, PAIRS), out, bins, k);
            scatter(odd[k], from + PAIRS, count - PAIRS, out, bins, k);
          }
        });
    return out;
  }

  /**
   * The spectrum of every frame, seen through a filter bank.
   *
   * @param padded the signal with its padding
   * @return {@code [frames, bands]}, frame after frame
   */
  public double[] bands(float[] padded, Spectrum kind, FilterBank bank) {
    if (bank.bins() != bins()) {
      throw new IllegalArgumentException(
          "filter bank for " + bank.bins() + " bins, spectrum has " + bins());
    }
    int bands = bank.bands();
    double[] out = new double[Math.multiplyExact(frames(padded.length), bands)];
    double[] sum = new double[PAIRS];
    forEachBlock(
        padded,
        kind,
        (from, count, even, odd) -> {
          for (int m = 0; m < bands; m++) {
            bank.apply(m, even, sum);
            scatter(sum, from, Math.min(count, PAIRS), out, bands, m);
            if (count > PAIRS) {
              bank.apply(m, odd, sum);
              scatter(sum, from + PAIRS, count - PAIRS, out, bands, m);
            }
          }
        });
    return out;
  }

  /**
   * The complex spectrum of every frame.
   *
   * @param padded the signal with its padding
   * @param re real parts, {@code [frames, bins]}, filled in
   * @param im imaginary parts, {@code [frames, bins]}, filled in
   */
  public void forward(float[] padded, float[] re, float[] im) {
    int frames = frames(padded.length);
    int bins = bins();
    double[][] zr = new double[fft.size()][PAIRS];
    double[][] zi = new double[fft.size()][PAIRS];
    for (int from = 0; from < frames; from += 2 * PAIRS) {
      int count = Math.min(2 * PAIRS, frames - from);
      load(padded, from, Math.min(count, PAIRS), zr);
      load(padded, from + PAIRS, count - PAIRS, zi);
      fft.transform(zr, zi);
      for (int k = 0; k < bins; k++) {
        int a = fft.position(k);
        int b = fft.position((fft.size() - k) % fft.size());
        for (int i = 0; i < Math.min(count, PAIRS); i++) {
          int at = (from + i) * bins + k;
          re[at] = (float) ((zr[a][i] + zr[b][i]) / 2);
          im[at] = (float) ((zi[a][i] - zi[b][i]) / 2);
        }
        for (int i = 0; i < count - PAIRS; i++) {
          int at = (from + PAIRS + i) * bins + k;
          re[at] = (float) ((zi[a][i] + zi[b][i]) / 2);
          im[at] = (float) ((zr[b][i] - zr[a][i]) / 2);
        }
      }
    }
  }

  /**
   * The signal whose frames come closest to the given ones: windowed overlap-add, divided by the
   * sum of the squared windows (Griffin and Lim 1984, equation 6).
   *
   * @param re real parts, {@code [frames, bins]}
   * @param im imaginary parts, {@code [frames, bins]}; those of the first and last bin are not used
   * @return the signal with its padding, (frames − 1)·hop + window samples
   */
  public float[] inverse(float[] re, float[] im) {
    int bins = bins();
    int frames = re.length / bins;
    int size = fft.size();
    int length = (frames - 1) * hop + window.length;
    double[] sum = new double[length];
    double[] weight = new double[length];
    double[][] zr = new double[size][PAIRS];
    double[][] zi = new double[size][PAIRS];
    for (int from = 0; from < frames; from += 2 * PAIRS) {
      int count = Math.min(2 * PAIRS, frames - from);
      int first = Math.min(count, PAIRS);
      int second = count - first;
      for (int k = 0; k < bins; k++) {
        int mirror = (size - k) % size;
        boolean real = k == mirror;
        // Two real signals a and b travel as the complex signal a + i·b.
        for (int i = 0; i < PAIRS; i++) {
          int at = (from + i) * bins + k;
          int bt = (from + PAIRS + i) * bins + k;
          double ar = i < first ? re[at] : 0;
          double ai = i < first && !real ? im[at] : 0;
          double br = i < second ? re[bt] : 0;
          double bi = i < second && !real ? im[bt] : 0;
          zr[k][i] = ar - bi;
          zi[k][i] = ai + br;
          zr[mirror][i] = ar + bi;
          zi[mirror][i] = br - ai;
        }
      }
      fft.transform(zi, zr);
      for (int n = 0; n < window.length; n++) {
        int row = fft.position(n);
        double w = window[n] / size;
        for (int i = 0; i < first; i++) {
          sum[(from + i) * hop + n] += w * zr[row][i];
        }
        for (int i = 0; i < second; i++) {
          sum[(from + PAIRS + i) * hop + n] += w * zi[row][i];
        }
      }
    }
    for (int t = 0; t < frames; t++) {
      for (int n = 0; n < window.length; n++) {
        weight[t * hop + n] += window[n] * window[n];
      }
    }
    float[] signal = new float[length];
    for (int n = 0; n < length; n++) {
      signal[n] = weight[n] > 1e-8 ? (float) (sum[n] / weight[n]) : 0;
    }
    return signal;
  }

  /**
   * Sees the spectra of up to 2·PAIRS frames: [bins][PAIRS] of the first half, and the same of the
   * second.
   */
  private interface Block {
    void accept(int from, int count, double[][] even, double[][] odd);
  }

  private void forEachBlock(float[] padded, Spectrum kind, Block block) {
    int frames = frames(padded.length);
    int size = fft.size();
    int bins = bins();
    double[][] zr = new double[size][PAIRS];
    double[][] zi = new double[size][PAIRS];
    double[][] even = new double[bins][PAIRS];
    double[][] odd = new double[bins][PAIRS];
    for (int from = 0; from < frames; from += 2 * PAIRS) {
      int count = Math.min(2 * PAIRS, frames - from);
      load(padded, from, Math.min(count, PAIRS), zr);
      load(padded, from + PAIRS, count - PAIRS, zi);
      fft.transform(zr, zi);
      for (int k = 0; k < bins; k++) {
        int a = fft.position(k);
        int b = fft.position((size - k) % size);
        separate(zr[a], zi[a], zr[b], zi[b], even[k], odd[k]);
        if (kind == Spectrum.MAGNITUDE) {
          root(even[k]);
          root(odd[k]);
        }
      }
      block.accept(from, count, even, odd);
    }
  }

  private void load(float[] padded, int from, int count, double[][] rows) {
    for (int n = 0; n < window.length; n++) {
      double[] row = rows[n];
      double w = window[n];
      int at = from * hop + n;
      for (int i = 0; i < count; i++, at += hop) {
        row[i] = w * padded[at];
      }
      if (count < PAIRS) {
        Arrays.fill(row, Math.max(count, 0), PAIRS, 0);
      }
    }
    for (int n = window.length; n < rows.length; n++) {
      Arrays.fill(rows[n], 0);
    }
  }

  /** Power spectra of two real signals that were transformed as one complex signal. */
  private static void separate(
      double[] ar, double[] ai, double[] br, double[] bi, double[] even, double[] odd) {
    for (int i = 0; i < even.length; i++) {
      double evenRe = ar[i] + br[i];
      double evenIm = ai[i] - bi[i];
      double oddRe = ai[i] + bi[i];
      double oddIm = br[i] - ar[i];
      even[i] = 0.25 * (evenRe * evenRe + evenIm * evenIm);
      odd[i] = 0.25 * (oddRe * oddRe + oddIm * oddIm);
    }
  }

  private static void root(double[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] = Math.sqrt(row[i]);
    }
  }

  private static void scatter(
      double[] row, int from, int count, double[] out, int stride, int column) {
    int at = from * stride + column;
    for (int i = 0; i < count; i++, at += stride) {
      out[at] = row[i];
    }
  }
}
