package maestro.signal;

/**
 * Discrete Fourier transform of many real signals at once, laid side by side as for {@link Fft}.
 *
 * <p>The even samples of a signal travel as the real part and the odd ones as the imaginary part of
 * a complex transform of half the size. Sample 2n is in row n of the real parts and sample 2n + 1
 * in row n of the imaginary parts; there is one row more, for the last bin. In double. Thread-safe.
 */
final class RealFft {
  private final int half;
  private final Fft fft;
  private final double[] cos;
  private final double[] sin;

  /**
   * Prepares a transform.
   *
   * @param size N, a power of two from 4 to 2^21
   */
  RealFft(int size) {
    if (size < 4 || size > 1 << 21 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          "illegal transform size: " + size + ", must be a power of two from 4 to 2^21");
    }
    half = size / 2;
    fft = new Fft(half);
    cos = new double[half];
    sin = new double[half];
    for (int k = 0; k < half; k++) {
      double angle = -2 * Math.PI * k / size;
      cos[k] = StrictMath.cos(angle);
      sin[k] = StrictMath.sin(angle);
    }
  }

  /** The row in which {@link #forward} leaves bin k, and {@link #inverse} samples 2k and 2k + 1. */
  int position(int k) {
    return k == half ? half : fft.position(k);
  }

  /**
   * Twice the transform, samples to bins, in place. A caller halves its samples where it scales
   * them anyway; done here, it would cost a tenth of the time.
   *
   * @param re {@code [N/2 + 1][signals]}, the even samples, then the real parts
   * @param im {@code [N/2 + 1][signals]}, the odd samples, then the imaginary parts
   * @param signals how many, at most the length of a row
   */
  void forward(double[][] re, double[][] im, int signals) {
    fft.transform(re, im, signals);
    splitEnds(re[0], im[0], re[half], im[half], signals);
    for (int k = 1; k <= half / 2; k++) {
      int a = position(k);
      int b = position(half - k);
      split(re[a], im[a], re[b], im[b], cos[k], sin[k], signals);
    }
  }

  /**
   * N times the way back, in place.
   *
   * @param re {@code [N/2 + 1][signals]}, the real parts in order of the bins, then the even
   *     samples
   * @param im {@code [N/2 + 1][signals]}, the imaginary parts, then the odd samples; those of the
   *     first and last bin are not used
   * @param signals how many, at most the length of a row
   */
  void inverse(double[][] re, double[][] im, int signals) {
    joinEnds(re[0], im[0], re[half], signals);
    for (int k = 1; k <= half / 2; k++) {
      join(re[k], im[k], re[half - k], im[half - k], cos[k], sin[k], signals);
    }
    fft.transform(im, re, signals);
  }

  /** Twice the first bin, a, and the last, b, from the first bin of the halves, a. */
  private static void splitEnds(double[] ar, double[] ai, double[] br, double[] bi, int signals) {
    for (int i = 0; i < signals; i++) {
      double even = 2 * ar[i];
      double odd = 2 * ai[i];
      ar[i] = even + odd;
      ai[i] = 0;
      br[i] = even - odd;
      bi[i] = 0;
    }
  }

  /**
   * Twice a bin, a, and its mirror, b, from those of the halves: with E = a + b* and O = −i·(a −
   * b*), twice the spectra of the even and odd samples, a ← E + w·O and b ← (E − w·O)*.
   */
  private static void split(
      double[] ar, double[] ai, double[] br, double[] bi, double wr, double wi, int signals) {
    for (int i = 0; i < signals; i++) {
      double x = ar[i];
      double y = ai[i];
      double u = br[i];
      double v = bi[i];
      double evenRe = x + u;
      double evenIm = y - v;
      double oddRe = (y + v) * wr - (u - x) * wi;
      double oddIm = (y + v) * wi + (u - x) * wr;
      ar[i] = evenRe + oddRe;
      ai[i] = evenIm + oddIm;
      br[i] = evenRe - oddRe;
      bi[i] = oddIm - evenIm;
    }
  }

  /** The reverse of {@link #splitEnds}, four times. */
  private static void joinEnds(double[] ar, double[] ai, double[] br, int signals) {
    for (int i = 0; i < signals; i++) {
      double first = ar[i];
      double last = br[i];
      ar[i] = first + last;
      ai[i] = first - last;
    }
  }

  /** The reverse of {@link #split}, four times. */
  private static void join(
      double[] ar, double[] ai, double[] br, double[] bi, double wr, double wi, int signals) {
    for (int i = 0; i < signals; i++) {
      double x = ar[i];
      double y = ai[i];
      double u = br[i];
      double v = bi[i];
      double evenRe = x + u;
      double evenIm = y - v;
      double oddRe = (x - u) * wr + (y + v) * wi;
      double oddIm = (y + v) * wr - (x - u) * wi;
      ar[i] = evenRe - oddIm;
      ai[i] = evenIm + oddRe;
      br[i] = evenRe + oddIm;
      bi[i] = oddRe - evenIm;
    }
  }
}
