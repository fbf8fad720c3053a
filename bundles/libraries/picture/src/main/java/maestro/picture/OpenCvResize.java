package maestro.picture;

/**
 * Resizing with OpenCV's INTER_CUBIC: four taps a direction, no antialiasing, integer arithmetic.
 *
 * <p>Output i lies at (i + 0.5)·in/out − 0.5; the kernel is cubic convolution with a = −0.75; edge
 * pixels are repeated outwards. Weights are rounded to multiples of 1/2048, both directions are
 * summed in integers and rounded once. OpenCV's vector code sums in floats instead and differs from
 * this by at most 1 grey level at few pixels. Source: opencv/opencv,
 * modules/imgproc/src/resize.cpp.
 */
public final class OpenCvResize {
  private static final int TAPS = 4;
  private static final int WEIGHT_BITS = 11;

  private OpenCvResize() {}

  /**
   * Resizes to exactly the given size, whatever the aspect.
   *
   * @return a new picture, or the same one when its size is right already
   */
  public static Picture cubic(Picture picture, int width, int height) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "illegal picture size: " + width + " x " + height + ", must be at least 1 x 1");
    }
    if (width == picture.width() && height == picture.height()) {
      return picture;
    }
    int[][] columns = positions(picture.width(), width);
    int[][] columnWeights = weights(picture.width(), width);
    int[][] rows = positions(picture.height(), height);
    int[][] rowWeights = weights(picture.height(), height);
    int stride = width * picture.channels();
    byte[] out = new byte[height * stride];
    int[][] ring = new int[TAPS][stride];
    int[] ringRow = {-1, -1, -1, -1};
    int[] sums = new int[stride];
    for (int y = 0; y < height; y++) {
      java.util.Arrays.fill(sums, 1 << (2 * WEIGHT_BITS - 1));
      for (int tap = 0; tap < TAPS; tap++) {
        int row = rows[y][tap];
        // Neighbouring output rows share most of their input rows, so those stay resized.
        int slot = row % TAPS;
        if (ringRow[slot] != row) {
          resizeRow(picture, row, columns, columnWeights, ring[slot]);
          ringRow[slot] = row;
        }
        addRow(sums, ring[slot], rowWeights[y][tap]);
      }
      for (int i = 0; i < stride; i++) {
        out[y * stride + i] = (byte) Math.max(0, Math.min(255, sums[i] >> (2 * WEIGHT_BITS)));
      }
    }
    return new Picture(width, height, picture.channels(), out);
  }

  private static void resizeRow(
      Picture picture, int row, int[][] columns, int[][] weights, int[] out) {
    int channels = picture.channels();
    byte[] in = picture.values();
    int start = row * picture.width() * channels;
    int write = 0;
    for (int x = 0; x < columns.length; x++) {
      int[] at = columns[x];
      int[] weight = weights[x];
      for (int channel = 0; channel < channels; channel++) {
        int from = start + channel;
        out[write++] =
            (in[from + at[0] * channels] & 0xff) * weight[0]
                + (in[from + at[1] * channels] & 0xff) * weight[1]
                + (in[from + at[2] * channels] & 0xff) * weight[2]
                + (in[from + at[3] * channels] & 0xff) * weight[3];
      }
    }
  }

  private static void addRow(int[] sums, int[] row, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += row[i] * weight;
    }
  }

  private static int[][] positions(int in, int out) {
    int[][] positions = new int[out][TAPS];
    for (int i = 0; i < out; i++) {
      int base = (int) Math.floor(position(in, out, i));
      for (int tap = 0; tap < TAPS; tap++) {
        positions[i][tap] = Math.max(0, Math.min(in - 1, base - 1 + tap));
      }
    }
    return positions;
  }

  private static int[][] weights(int in, int out) {
    int[][] weights = new int[out][TAPS];
    float a = -0.75f;
    for (int i = 0; i < out; i++) {
      float position = position(in, out, i);
      float x = position - (float) Math.floor(position);
      float[] exact = new float[TAPS];
      exact[0] = ((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a;
      exact[1] = ((a + 2) * x - (a + 3)) * x * x + 1;
      exact[2] = ((a + 2) * (1 - x) - (a + 3)) * (1 - x) * (1 - x) + 1;
      exact[3] = 1 - exact[0] - exact[1] - exact[2];
      for (int tap = 0; tap < TAPS; tap++) {
        weights[i][tap] = (int) Math.rint(exact[tap] * (1 << WEIGHT_BITS));
      }
    }
    return weights;
  }

  private static float position(int in, int out, int i) {
    double scale = 1 / ((double) out / in);
    return (float) ((i + 0.5) * scale - 0.5);
  }
}
