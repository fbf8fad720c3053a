package maestro.signal;

/**
 * Complex discrete Fourier transform, X[k] = Σ_n x[n]·exp(−2πi·kn/N), of many signals at once.
 *
 * <p>Radix-4 decimation in frequency with one radix-2 stage where needed. The signals lie side by
 * side: row n holds sample n of every signal, so that each butterfly is a loop over a row which the
 * virtual machine turns into vector instructions. Results stay where the butterflies leave them, at
 * {@link #position}. In double; N is a power of two. Thread-safe.
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
    for (int n = size; n > 1; ) {
      if (n % 4 == 0) {
        int quarter = n / 4;
        int stride = size / n;
        for (int p = 0; p < quarter; p++) {
          int w = p * stride;
          for (int a = p; a < size; a += n) {
            int b = a + quarter;
            int c = b + quarter;
            int d = c + quarter;
            if (p == 0) {
              butterfly(re[a], im[a], re[b], im[b], re[c], im[c], re[d], im[d]);
            } else {
              butterfly(
                  re[a],
                  im[a],
                  re[b],
                  im[b],
                  re[c],
                  im[c],
                  re[d],
                  im[d],
                  cos[w],
                  sin[w],
                  cos[2 * w],
                  sin[2 * w],
                  cos[3 * w],
                  sin[3 * w]);
            }
          }
        }
        n = quarter;
      } else {
        for (int a = 0; a < size; a += 2) {
          butterfly(re[a], im[a], re[a + 1], im[a + 1]);
        }
        n = 1;
      }
    }
  }

  private static void butterfly(
      double[] ar,
      double[] ai,
      double[] br,
      double[] bi,
      double[] cr,
      double[] ci,
      double[] dr,
      double[] di,
      double w1r,
      double w1i,
      double w2r,
      double w2i,
      double w3r,
      double w3i) {
    for (int i = 0; i < ar.length; i++) {
      double sumAcR = ar[i] + cr[i];
      double sumAcI = ai[i] + ci[i];
      double difAcR = ar[i] - cr[i];
      double difAcI = ai[i] - ci[i];
      double sumBdR = br[i] + dr[i];
      double sumBdI = bi[i] + di[i];
      double difBdR = br[i] - dr[i];
      double difBdI = bi[i] - di[i];
      ar[i] = sumAcR + sumBdR;
      ai[i] = sumAcI + sumBdI;
      double r1 = difAcR + difBdI;
      double i1 = difAcI - difBdR;
      br[i] = r1 * w1r - i1 * w1i;
      bi[i] = r1 * w1i + i1 * w1r;
      double r2 = sumAcR - sumBdR;
      double i2 = sumAcI - sumBdI;
      cr[i] = r2 * w2r - i2 * w2i;
      ci[i] = r2 * w2i + i2 * w2r;
      double r3 = difAcR - difBdI;
      double i3 = difAcI + difBdR;
      dr[i] = r3 * w3r - i3 * w3i;
      di[i] = r3 * w3i + i3 * w3r;
    }
  }

  private static void butterfly(
      double[] ar,
      double[] ai,
      double[] br,
      double[] bi,
      double[] cr,
      double[] ci,
      double[] dr,
      double[] di) {
    for (int i = 0; i < ar.length; i++) {
      double sumAcR = ar[i] + cr[i];
      double sumAcI = ai[i] + ci[i];
      double difAcR = ar[i] - cr[i];
      double difAcI = ai[i] - ci[i];
      double sumBdR = br[i] + dr[i];
      double sumBdI = bi[i] + di[i];
      double difBdR = br[i] - dr[i];
      double difBdI = bi[i] - di[i];
      ar[i] = sumAcR + sumBdR;
      ai[i] = sumAcI + sumBdI;
      br[i] = difAcR + difBdI;
      bi[i] = difAcI - difBdR;
      cr[i] = sumAcR - sumBdR;
      ci[i] = sumAcI - sumBdI;
      dr[i] = difAcR - difBdI;
      di[i] = difAcI + difBdR;
    }
  }

  private static void butterfly(double[] ar, double[] ai, double[] br, double[] bi) {
    for (int i = 0; i < ar.length; i++) {
      double sumR = ar[i] + br[i];
      double sumI = ai[i] + bi[i];
      double difR = ar[i] - br[i];
      double difI = ai[i] - bi[i];
      ar[i] = sumR;
      ai[i] = sumI;
      br[i] = difR;
      bi[i] = difI;
    }
  }
}
