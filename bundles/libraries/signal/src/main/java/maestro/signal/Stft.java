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
   * Frames transformed side by side, at most: enough for vector instructions, few enough for the
   * cache.
   */
  private static final int MOST_FRAMES = 256;

  /** Frames whose numbers are turned at once: as many as a line of the cache holds. */
  private static final int TILE = 8;

  /** What is taken of each complex bin. */
  public enum Spectrum {
    /** |X|. */
    MAGNITUDE,
    /** |X|². */
    POWER
  }

  private final int size;
  private final int hop;
  private final double[] window;
  private final RealFft fft;

  /** Rows of the last call, for the next one: clearing new ones costs a tenth of the time. */
  private final AtomicReference<double[][][]> spare = new AtomicReference<>();

  /**
   * A transform whose window is as long as the transform.
   *
   * @param size samples of a frame, a power of two from 4
   * @param hop samples from one frame to the next
   */
  public Stft(int size, int hop) {
    this(size, size, hop);
  }

  /**
   * A transform with a shorter window.
   *
   * @param size samples of the transform, a power of two from 4
   * @param windowLength samples of a frame, at most size
   * @param hop samples from one frame to the next
   */
  public Stft(int size, int windowLength, int hop) {
    if (windowLength < 2 || windowLength > size || hop < 1) {
      throw new IllegalArgumentException(
          "illegal frames: window " + windowLength + ", hop " + hop + ", transform " + size);
    }
    this.size = size;
    this.hop = hop;
    this.window = hann(windowLength);
    this.fft = new RealFft(size);
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
    return size / 2 + 1;
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
    double[] out = new double[Math.multiplyExact(frames(padded.length), bins())];
    forEachBlock(
        padded,
        (from, count, re, im) -> {
          measure(kind, re, im, count);
          scatter(re, from, count, out);
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
    int frames = frames(padded.length);
    double[] out = new double[Math.multiplyExact(frames, bank.bands())];
    double[][] sums = rows(bank.bands(), Math.min(frames, MOST_FRAMES));
    forEachBlock(
        padded,
        (from, count, re, im) -> {
          measure(kind, re, im, count);
          bank.apply(re, sums, count);
          scatter(sums, from, count, out);
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
    forEachBlock(
        padded,
        (from, count, rowsRe, rowsIm) -> {
          scatter(rowsRe, from, count, re);
          scatter(rowsIm, from, count, im);
        });
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
    int frames = re.length / bins();
    int most = Math.min(frames, MOST_FRAMES);
    double[] sum = new double[(frames - 1) * hop + window.length];
    double[][] zr = rows(bins(), most);
    double[][] zi = rows(bins(), most);
    double[][] phases = rows(hop, most + (window.length - 1) / hop);
    for (int from = 0; from < frames; from += most) {
      int count = Math.min(most, frames - from);
      gather(re, from, count, zr);
      gather(im, from, count, zi);
      fft.inverse(zr, zi, count);
      addUp(zr, zi, from, count, phases, sum);
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

  /**
   * Rows for so many numbers. An odd number of cache lines long, the header of an array counted:
   * vectors at the same place of all rows lie alike in their lines and do not compete for the same
   * part of the cache.
   */
  private static double[][] rows(int rows, int count) {
    return new double[rows][(count + 9) / 16 * 16 + 6];
  }

  /** Sees the spectra of some frames, {@code [bins][count]}, with numbers of no meaning behind. */
  private interface Block {
    void accept(int from, int count, double[][] re, double[][] im);
  }

  private void forEachBlock(float[] padded, Block block) {
    int frames = frames(padded.length);
    int most = Math.min(frames, MOST_FRAMES);
    double[][][] work = spare.getAndSet(null);
    if (work == null || work[0][0].length < most) {
      work = new double[][][] {rows(bins(), most), rows(bins(), most)};
    }
    double[][] re = work[0];
    double[][] im = work[1];
    double[][] phases = rows(hop, most + (window.length - 1) / hop);
    double[][] binsRe = new double[bins()][];
    double[][] binsIm = new double[bins()][];
    for (int k = 0; k < bins(); k++) {
      binsRe[k] = re[fft.position(k)];
      binsIm[k] = im[fft.position(k)];
    }
    for (int from = 0; from < frames; from += most) {
      int count = Math.min(most, frames - from);
      load(padded, from, count, re, im, phases);
      fft.forward(re, im, count);
      block.accept(from, count, binsRe, binsIm);
    }
    spare.set(work);
  }

  /**
   * Lays half of the windowed frames side by side, even and odd samples apart. The signal is turned
   * first, so that sample n of all frames is a run of one row of the phases: each sample is in
   * several frames.
   */
  private void load(
      float[] padded, int from, int count, double[][] re, double[][] im, double[][] phases) {
    int columns = count + (window.length - 1) / hop;
    for (int tile = 0; tile < columns; tile += TILE) {
      int to = Math.min(columns, tile + TILE);
      for (int r = 0; r < hop; r++) {
        double[] row = phases[r];
        int at = (from + tile) * hop + r;
        for (int j = tile; j < to && at < padded.length; j++, at += hop) {
          row[j] = padded[at];
        }
      }
    }
    for (int n = 0; n < size; n++) {
      double[] row = (n % 2 == 0 ? re : im)[n / 2];
      if (n < window.length) {
        scaledRun(phases[n % hop], n / hop, window[n] / 2, count, row);
      } else {
        Arrays.fill(row, 0, count, 0);
      }
    }
  }

  /** Adds windowed frames to a signal, the way back of {@link #load}. */
  private void addUp(
      double[][] re, double[][] im, int from, int count, double[][] phases, double[] sum) {
    int columns = count + (window.length - 1) / hop;
    for (double[] row : phases) {
      Arrays.fill(row, 0, columns, 0);
    }
    for (int n = 0; n < window.length; n++) {
      double[] row = (n % 2 == 0 ? re : im)[fft.position(n / 2)];
      addScaledRun(row, window[n] / size, count, phases[n % hop], n / hop);
    }
    for (int tile = 0; tile < columns; tile += TILE) {
      int to = Math.min(columns, tile + TILE);
      for (int r = 0; r < hop; r++) {
        double[] row = phases[r];
        int at = (from + tile) * hop + r;
        for (int j = tile; j < to && at < sum.length; j++, at += hop) {
          sum[at] += row[j];
        }
      }
    }
  }

  private static void addScaledRun(
      double[] from, double weight, int count, double[] to, int start) {
    for (int i = 0; i < count; i++) {
      to[start + i] += weight * from[i];
    }
  }

  private static void scaledRun(double[] from, int start, double weight, int count, double[] to) {
    for (int i = 0; i < count; i++) {
      to[i] = weight * from[start + i];
    }
  }

  /** Leaves in the real parts what is taken of the bins. */
  private static void measure(Spectrum kind, double[][] re, double[][] im, int count) {
    for (int k = 0; k < re.length; k++) {
      if (kind == Spectrum.POWER) {
        power(re[k], im[k], count);
      } else {
        magnitude(re[k], im[k], count);
      }
    }
  }

  private static void power(double[] re, double[] im, int count) {
    for (int i = 0; i < count; i++) {
      re[i] = re[i] * re[i] + im[i] * im[i];
    }
  }

  private static void magnitude(double[] re, double[] im, int count) {
    for (int i = 0; i < count; i++) {
      re[i] = Math.sqrt(re[i] * re[i] + im[i] * im[i]);
    }
  }

  /** Writes rows as columns, a few frames at a time. */
  private static void scatter(double[][] rows, int from, int count, double[] out) {
    for (int tile = 0; tile < count; tile += TILE) {
      int to = Math.min(count, tile + TILE);
      for (int k = 0; k < rows.length; k++) {
        double[] row = rows[k];
        int at = (from + tile) * rows.length + k;
        for (int i = tile; i < to; i++, at += rows.length) {
          out[at] = row[i];
        }
      }
    }
  }

  private static void scatter(double[][] rows, int from, int count, float[] out) {
    for (int tile = 0; tile < count; tile += TILE) {
      int to = Math.min(count, tile + TILE);
      for (int k = 0; k < rows.length; k++) {
        double[] row = rows[k];
        int at = (from + tile) * rows.length + k;
        for (int i = tile; i < to; i++, at += rows.length) {
          out[at] = (float) row[i];
        }
      }
    }
  }

  /** Reads columns as rows. */
  private static void gather(float[] in, int from, int count, double[][] rows) {
    for (int tile = 0; tile < count; tile += TILE) {
      int to = Math.min(count, tile + TILE);
      for (int k = 0; k < rows.length; k++) {
        double[] row = rows[k];
        int at = (from + tile) * rows.length + k;
        for (int i = tile; i < to; i++, at += rows.length) {
          row[i] = in[at];
        }
      }
    }
  }
}
