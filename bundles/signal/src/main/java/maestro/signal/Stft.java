package maestro.signal;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Short-time Fourier transform of a real signal with a periodic Hann window.
 *
 * <p>Frame t is the window times the samples from t·hop, filled up with zeros to the size of the
 * transform. The caller pads the signal as its front end wants it; see {@link Padding}.
 * Thread-safe.
 */
public final class Stft {
  /**
   * Frames transformed side by side, in pairs, at most: enough for vector instructions, few enough
   * for the cache.
   */
  private static final int MOST_PAIRS = 128;

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

  /** Rows of the last call, for the next one: clearing new ones costs a tenth of the time. */
  private final AtomicReference<double[][][]> spare = new AtomicReference<>();

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
    int bins = bins();
    double[] out = new double[Math.multiplyExact(frames(padded.length), bins)];
    forEachBlock(
        padded,
        kind,
        (from, count, rows) -> {
          for (int k = 0; k < bins; k++) {
            scatter(rows[k], from, count, out, bins, k);
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
    forEachBlock(
        padded,
        kind,
        (from, count, rows) -> {
          double[][] sums = new double[bands][rows[0].length];
          bank.apply(rows, sums);
          for (int m = 0; m < bands; m++) {
            scatter(sums[m], from, count, out, bands, m);
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
    int size = fft.size();
    int pairs = pairs(frames);
    double[][] zr = new double[size][pairs];
    double[][] zi = new double[size][pairs];
    double[][] phases = phases(pairs);
    for (int from = 0; from < frames; from += 2 * pairs) {
      int first = Math.min(pairs, frames - from);
      int second = Math.min(pairs, frames - from - first);
      load(padded, from, first, zr, phases);
      load(padded, from + pairs, second, zi, phases);
      fft.transform(zr, zi);
      for (int k = 0; k < bins; k++) {
        int a = fft.position(k);
        int b = fft.position((size - k) % size);
        for (int i = 0; i < first; i++) {
          int at = (from + i) * bins + k;
          re[at] = (float) ((zr[a][i] + zr[b][i]) / 2);
          im[at] = (float) ((zi[a][i] - zi[b][i]) / 2);
        }
        for (int i = 0; i < second; i++) {
          int at = (from + pairs + i) * bins + k;
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
    double[] sum = new double[(frames - 1) * hop + window.length];
    int pairs = pairs(frames);
    double[][] zr = new double[size][pairs];
    double[][] zi = new double[size][pairs];
    for (int from = 0; from < frames; from += 2 * pairs) {
      int first = Math.min(pairs, frames - from);
      int second = Math.min(pairs, frames - from - first);
      for (int k = 0; k < bins; k++) {
        int mirror = (size - k) % size;
        boolean real = k == mirror;
        // Two real signals a and b travel as the complex signal a + i·b.
        for (int i = 0; i < pairs; i++) {
          int at = (from + i) * bins + k;
          int bt = (from + pairs + i) * bins + k;
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
          sum[(from + pairs + i) * hop + n] += w * zi[row][i];
        }
      }
    }
    return overWindows(sum, frames);
  }

  private float[] overWindows(double[] sum, int frames) {
    double[] weight = new double[sum.length];
    for (int t = 0; t < frames; t++) {
      for (int n = 0; n < window.length; n++) {
        weight[t * hop + n] += window[n] * window[n];
      }
    }
    float[] signal = new float[sum.length];
    for (int n = 0; n < signal.length; n++) {
      signal[n] = weight[n] > 1e-8 ? (float) (sum[n] / weight[n]) : 0;
    }
    return signal;
  }

  /** As many pairs as fill blocks of equal size. */
  private static int pairs(int frames) {
    int blocks = Math.max(1, (frames + 2 * MOST_PAIRS - 1) / (2 * MOST_PAIRS));
    return Math.max(1, (frames + 2 * blocks - 1) / (2 * blocks));
  }

  /** Sees the spectra of some frames, {@code [bins][count]}, with numbers of no meaning behind. */
  private interface Block {
    void accept(int from, int count, double[][] rows);
  }

  private void forEachBlock(float[] padded, Spectrum kind, Block block) {
    int frames = frames(padded.length);
    int size = fft.size();
    int pairs = pairs(frames);
    double[][][] work = spare.getAndSet(null);
    if (work == null || work[0][0].length != pairs) {
      work = new double[2][size][pairs];
    }
    double[][] zr = work[0];
    double[][] zi = work[1];
    double[][] phases = phases(pairs);
    double[][] even = new double[bins()][];
    double[][] odd = new double[bins()][];
    for (int from = 0; from < frames; from += 2 * pairs) {
      int first = Math.min(pairs, frames - from);
      int second = Math.min(pairs, frames - from - first);
      load(padded, from, first, zr, phases);
      load(padded, from + pairs, second, zi, phases);
      fft.transform(zr, zi);
      for (int k = 0; k < bins(); k++) {
        int a = fft.position(k);
        int b = fft.position((size - k) % size);
        if (a == b) {
          square(zr[a]);
          square(zi[a]);
        } else {
          powers(zr[a], zi[a], zr[b], zi[b]);
        }
        if (kind == Spectrum.MAGNITUDE) {
          root(zr[a]);
          root(zi[a]);
        }
        even[k] = zr[a];
        odd[k] = zi[a];
      }
      block.accept(from, first, even);
      if (second > 0) {
        block.accept(from + pairs, second, odd);
      }
    }
    spare.set(work);
  }

  /** Room for the samples of a block, one row for each sample of a hop. */
  private double[][] phases(int pairs) {
    return new double[hop][pairs + (window.length - 1) / hop];
  }

  /**
   * Lays windowed frames side by side. The signal is turned first, so that sample n of all frames
   * is a run of one row of the phases: each sample is in several frames.
   */
  private void load(float[] padded, int from, int count, double[][] rows, double[][] phases) {
    int columns = count == 0 ? 0 : count + (window.length - 1) / hop;
    for (int j = 0; j < columns; j++) {
      int at = (from + j) * hop;
      int some = Math.min(hop, padded.length - at);
      for (int r = 0; r < some; r++) {
        phases[r][j] = padded[at + r];
      }
    }
    for (int n = 0; n < window.length; n++) {
      scaledRun(phases[n % hop], n / hop, window[n], count, rows[n]);
      Arrays.fill(rows[n], count, rows[n].length, 0);
    }
    for (int n = window.length; n < rows.length; n++) {
      Arrays.fill(rows[n], 0);
    }
  }

  private static void scaledRun(double[] from, int start, double weight, int count, double[] to) {
    for (int i = 0; i < count; i++) {
      to[i] = weight * from[start + i];
    }
  }

  /**
   * Power spectra of two real signals that were transformed as one complex signal: of bin k, left
   * in the rows of its bin a, from those of a and of its mirror b.
   */
  private static void powers(double[] ar, double[] ai, double[] br, double[] bi) {
    sumAndDifference(ar, br);
    sumAndDifference(ai, bi);
    quarterOfSquares(ar, bi);
    quarterOfSquares(ai, br);
  }

  private static void sumAndDifference(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      double x = a[i];
      double y = b[i];
      a[i] = x + y;
      b[i] = x - y;
    }
  }

  private static void quarterOfSquares(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      a[i] = 0.25 * (a[i] * a[i] + b[i] * b[i]);
    }
  }

  private static void square(double[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] = row[i] * row[i];
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
