package maestro.picture;

import java.util.function.DoubleUnaryOperator;

/**
 * Resizing as Pillow does it: antialiased, separable, in 22-bit fixed point, equal to the bit.
 *
 * <p>With scale = in/out and s = max(scale, 1), output i has its centre at (i + 0.5)·scale and taps
 * from int(centre − r·s + 0.5) to int(centre + r·s + 0.5), clamped to the picture; the weight of
 * input x is k((x − centre + 0.5)/s), divided by the sum of the weights and rounded to multiples of
 * 2⁻²². The horizontal pass comes first; each pass rounds and clips to 8 bits, and is left out when
 * its size does not change. Source: python-pillow/Pillow, src/libImaging/Resample.c.
 */
public final class PillowResize {
  private static final int PRECISION_BITS = 22;

  /** The two kernels that the encoders need. */
  public enum Filter {
    /** Triangle; radius r = 1. */
    BILINEAR(1, x -> Math.max(0, 1 - Math.abs(x))),
    /** Cubic convolution with a = −0.5; radius r = 2. */
    BICUBIC(2, PillowResize::cubic);

    private final double radius;
    private final DoubleUnaryOperator kernel;

    Filter(double radius, DoubleUnaryOperator kernel) {
      this.radius = radius;
      this.kernel = kernel;
    }
  }

  private PillowResize() {}

  /**
   * Resizes to exactly the given size.
   *
   * @param picture any number of channels
   * @param width at least 1
   * @param height at least 1
   * @return a new picture, or the same one when its size is right already
   */
  public static Picture resize(Picture picture, int width, int height, Filter filter) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "illegal picture size: " + width + " x " + height + ", must be at least 1 x 1");
    }
    boolean acrossRows = height != picture.height();
    boolean alongRows = width != picture.width();
    if (!acrossRows && !alongRows) {
      return picture;
    }
    Taps vertical = acrossRows ? Taps.of(picture.height(), height, filter) : null;
    int firstRow = acrossRows ? vertical.first[0] : 0;
    int rows = acrossRows ? vertical.end() - firstRow : height;
    int stride = width * picture.channels();
    // The picture between the passes holds 0 … 255 in ints: that lets the compiler use vector code.
    int[] between =
        alongRows
            ? horizontal(picture, firstRow, rows, width, Taps.of(picture.width(), width, filter))
            : unpack(picture, firstRow, rows);
    byte[] out = new byte[height * stride];
    if (acrossRows) {
      vertical(between, firstRow, stride, vertical, out);
    } else {
      for (int i = 0; i < out.length; i++) {
        out[i] = (byte) between[i];
      }
    }
    return new Picture(width, height, picture.channels(), out);
  }

  /**
   * Resizes so that the shorter side has the given length and the longer one
   * int(length·long/short), as torchvision and transformers do for CLIP.
   */
  public static Picture resizeShorterSide(Picture picture, int length, Filter filter) {
    int width = picture.width();
    int height = picture.height();
    int longer = (int) ((long) length * Math.max(width, height) / Math.min(width, height));
    return width <= height
        ? resize(picture, length, longer, filter)
        : resize(picture, longer, length, filter);
  }

  private static int[] unpack(Picture picture, int firstRow, int rows) {
    int stride = picture.width() * picture.channels();
    int[] values = new int[rows * stride];
    for (int i = 0; i < values.length; i++) {
      values[i] = picture.values()[firstRow * stride + i] & 0xff;
    }
    return values;
  }

  private static int[] horizontal(Picture picture, int firstRow, int rows, int width, Taps taps) {
    int channels = picture.channels();
    int stride = picture.width() * channels;
    byte[] in = picture.values();
    int[] out = new int[rows * width * channels];
    for (int row = 0; row < rows; row++) {
      int from = (firstRow + row) * stride;
      int to = row * width * channels;
      if (channels == 3) {
        horizontalRgb(in, from, out, to, taps);
      } else {
        horizontalRow(in, from, out, to, channels, taps);
      }
    }
    return out;
  }

  private static void horizontalRgb(byte[] in, int from, int[] out, int to, Taps taps) {
    int half = 1 << (PRECISION_BITS - 1);
    int write = to;
    for (int x = 0; x < taps.first.length; x++) {
      int read = from + taps.first[x] * 3;
      int red = half;
      int green = half;
      int blue = half;
      int[] weights = taps.weights[x];
      for (int weight : weights) {
        red += (in[read] & 0xff) * weight;
        green += (in[read + 1] & 0xff) * weight;
        blue += (in[read + 2] & 0xff) * weight;
        read += 3;
      }
      out[write++] = clip(red);
      out[write++] = clip(green);
      out[write++] = clip(blue);
    }
  }

  private static void horizontalRow(
      byte[] in, int from, int[] out, int to, int channels, Taps taps) {
    for (int x = 0; x < taps.first.length; x++) {
      for (int channel = 0; channel < channels; channel++) {
        int sum = 1 << (PRECISION_BITS - 1);
        int read = from + taps.first[x] * channels + channel;
        for (int weight : taps.weights[x]) {
          sum += (in[read] & 0xff) * weight;
          read += channels;
        }
        out[to + x * channels + channel] = clip(sum);
      }
    }
  }

  private static void vertical(int[] in, int firstRow, int stride, Taps taps, byte[] out) {
    int[] sums = new int[stride];
    for (int y = 0; y < taps.first.length; y++) {
      java.util.Arrays.fill(sums, 1 << (PRECISION_BITS - 1));
      int[] weights = taps.weights[y];
      for (int tap = 0; tap < weights.length; tap++) {
        addRow(sums, in, (taps.first[y] - firstRow + tap) * stride, weights[tap]);
      }
      for (int i = 0; i < stride; i++) {
        out[y * stride + i] = (byte) clip(sums[i]);
      }
    }
  }

  private static void addRow(int[] sums, int[] in, int from, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += in[from + i] * weight;
    }
  }

  private static int clip(int sum) {
    return Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }

  private static double cubic(double signed) {
    double a = -0.5;
    double x = Math.abs(signed);
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  }

  /** Which inputs each output takes, and how much of them in 22-bit fixed point. */
  private record Taps(int[] first, int[][] weights) {
    static Taps of(int in, int out, Filter filter) {
      double scale = (double) in / out;
      double spread = Math.max(scale, 1);
      double support = filter.radius * spread;
      int[] first = new int[out];
      int[][] weights = new int[out][];
      for (int i = 0; i < out; i++) {
        double centre = (i + 0.5) * scale;
        int from = Math.max(0, (int) (centre - support + 0.5));
        int to = Math.min(in, (int) (centre + support + 0.5));
        first[i] = from;
        weights[i] = fixedPoint(filter, from, to, centre, spread);
      }
      return new Taps(first, weights);
    }

    private static int[] fixedPoint(Filter filter, int from, int to, double centre, double spread) {
      double[] exact = new double[to - from];
      double sum = 0;
      double inverse = 1 / spread;
      for (int x = 0; x < exact.length; x++) {
        exact[x] = filter.kernel.applyAsDouble((x + from - centre + 0.5) * inverse);
        sum += exact[x];
      }
      int[] weights = new int[exact.length];
      for (int x = 0; x < exact.length; x++) {
        double scaled = exact[x] / sum * (1 << PRECISION_BITS);
        weights[x] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
      }
      return weights;
    }

    int end() {
      int end = 0;
      for (int i = 0; i < first.length; i++) {
        end = Math.max(end, first[i] + weights[i].length);
      }
      return end;
    }
  }
}
