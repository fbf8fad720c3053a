package maestro.signal;

/**
 * Complex discrete Fourier transform, X[k] = Σ_n x[n]·exp(−2πi·kn/N), of many signals at once.
 *
 * <p>Radix-4 decimation in frequency, depth first, with one radix-2 stage where needed. The signals
 * lie side by side: row n holds sample n of every signal. A butterfly is several short loops over
 * rows instead of one long one, because the virtual machine turns only loops with few operations
 * into vector instructions; from some hundred signals on that is the fastest of what was measured.
 * Results stay where the butterflies leave them, at {@link #position}. In double; N is a power of
 * two. Thread-safe.
 */
public final class Fft {
  private final int size;
  private final double[] cos;
  private final double[] sin;
  private final int[] position;

  /**
   * Prepares a transform.
   *
   * @param size N, a power of two from 2 to 2^20
   */
  public Fft(int size) {
    if (size < 2 || size > 1 << 20 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          "illegal transform size: " + size + ", must be a power of two from 2 to 2^20");
    }
    this.size = size;
    cos = new double[size];
    sin = new double[size];
    for (int i = 0; i < size; i++) {
      double angle = -2 * Math.PI * i / size;
      cos[i] = StrictMath.cos(angle);
      sin[i] = StrictMath.sin(angle);
    }
    position = new int[size];
    for (int k = 0; k < size; k++) {
      int rest = k;
      int place = 0;
      for (int n = size; n > 1; ) {
        int radix = n % 4 == 0 ? 4 : 2;
        n /= radix;
        place += rest % radix * n;
        rest /= radix;
      }
      position[k] = place;
    }
  }

  /** N. */
  public int size() {
    return size;
  }

  /** The row in which {@link #transform} leaves X[k]. */
  public int position(int k) {
    return position[k];
  }

  /**
   * Transforms in place.
   *
   * @param re real parts, {@code [N][signals]}
   * @param im imaginary parts, {@code [N][signals]}; giving the two in exchanged order computes N
   *     times the inverse, exchanged likewise
   */
  public void transform(double[][] re, double[][] im) {
    transform(re, im, re[0].length);
  }

  /** Transforms the first signals of rows that may be longer. */
  void transform(double[][] re, double[][] im, int signals) {
    transform(re, im, 0, size, signals);
  }

  private void transform(double[][] re, double[][] im, int from, int n, int signals) {
    if (n == 2) {
      sumAndDifference(re[from], re[from + 1], signals);
      sumAndDifference(im[from], im[from + 1], signals);
      return;
    }
    int quarter = n / 4;
    int stride = size / n;
    for (int p = 0; p < quarter; p++) {
      int a = from + p;
      int b = a + quarter;
      int c = b + quarter;
      int d = c + quarter;
      cross(re[a], re[b], re[c], re[d], signals);
      cross(im[a], im[b], im[c], im[d], signals);
      if (p == 0) {
        turn(re[b], im[b], re[d], im[d], signals);
      } else {
        int w = p * stride;
        turn(re[b], im[b], re[d], im[d], cos[w], sin[w], cos[3 * w], sin[3 * w], signals);
        rotate(re[c], im[c], cos[2 * w], sin[2 * w], signals);
      }
    }
    for (int part = 0; part < 4 && quarter > 1; part++) {
      transform(re, im, from + part * quarter, quarter, signals);
    }
  }

  /** a ← a + b + c + d, b ← a − c, c ← a − b + c − d, d ← b − d. */
  private static void cross(double[] a, double[] b, double[] c, double[] d, int signals) {
    for (int i = 0; i < signals; i++) {
      double ac = a[i] + c[i];
      double bd = b[i] + d[i];
      double difference = a[i] - c[i];
      double other = b[i] - d[i];
      a[i] = ac + bd;
      b[i] = difference;
      c[i] = ac - bd;
      d[i] = other;
    }
  }

  /** b ← b − i·d, d ← b + i·d. */
  private static void turn(double[] br, double[] bi, double[] dr, double[] di, int signals) {
    for (int i = 0; i < signals; i++) {
      double x = br[i];
      double y = bi[i];
      double u = dr[i];
      double v = di[i];
      br[i] = x + v;
      bi[i] = y - u;
      dr[i] = x - v;
      di[i] = y + u;
    }
  }

  /** b ← w·(b − i·d), d ← z·(b + i·d). */
  private static void turn(
      double[] br,
      double[] bi,
      double[] dr,
      double[] di,
      double wr,
      double wi,
      double zr,
      double zi,
      int signals) {
    for (int i = 0; i < signals; i++) {
      double x = br[i] + di[i];
      double y = bi[i] - dr[i];
      double u = br[i] - di[i];
      double v = bi[i] + dr[i];
      br[i] = x * wr - y * wi;
      bi[i] = x * wi + y * wr;
      dr[i] = u * zr - v * zi;
      di[i] = u * zi + v * zr;
    }
  }

  /** Times a complex number. */
  private static void rotate(double[] re, double[] im, double wr, double wi, int signals) {
    for (int i = 0; i < signals; i++) {
      double x = re[i];
      double y = im[i];
      re[i] = x * wr - y * wi;
      im[i] = x * wi + y * wr;
    }
  }

  private static void sumAndDifference(double[] a, double[] b, int signals) {
    for (int i = 0; i < signals; i++) {
      double x = a[i];
      double y = b[i];
      a[i] = x + y;
      b[i] = x - y;
    }
  }
}
