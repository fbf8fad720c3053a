package maestro.tensor.graph;

import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;

/**
 * A 3×3 convolution of a plane whose rows and columns were each repeated once, as decoders go up a
 * level.
 *
 * <p>Of the nine taps, those that fall on copies of one pixel can be added beforehand, which leaves
 * four: each of the four output phases (even or odd row, even or odd column) is a 2×2 convolution
 * of the small plane with kernels of its own. That is 4/9 of the multiplications, and the doubled
 * plane is never made.
 */
public final class DoubledConvolution {
  /**
   * Which of the three taps fall on the first and on the second pixel, for even and for odd output
   * places.
   */
  private static final int[][] PIXEL_OF_TAP = {{0, 1, 1}, {0, 0, 1}};

  private DoubledConvolution() {}

  /** Whether a value doubles a plane by repetition. */
  public static boolean isDoubled(Value x) {
    if (x.rank() != 4 || x.producer() == null || !x.producer().operator().equals("Resize")) {
      return false;
    }
    Value small = x.producer().inputs().get(0);
    return "nearest".equals(x.producer().attributes().get("mode"))
        && x.axis(2) == 2 * small.axis(2)
        && x.axis(3) == 2 * small.axis(3);
  }

  /**
   * The convolution, with stride 1 and padding 1.
   *
   * @param x a doubled plane
   * @param kernel weight [out, in, 3, 3]
   * @param bias [out], or null
   */
  public static Value of(Graph graph, Value x, Value kernel, Value bias) {
    Value small = x.producer().inputs().get(0);
    long out = kernel.axis(0);
    long[] shape = {small.axis(0), out, small.axis(2), small.axis(3)};
    float[] taps = kernel.weight().toFloats();
    List<Value> phases = new ArrayList<>();
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 2; column++) {
        Value folded = folded(graph, kernel, taps, row, column);
        phases.add(
            graph.add(
                "Conv",
                x.type(),
                shape,
                bias == null ? List.of(small, folded) : List.of(small, folded, bias),
                Map.of(
                    "kernel_shape",
                    new long[] {2, 2},
                    "pads",
                    new long[] {1 - row, 1 - column, row, column})));
      }
    }
    long[] stacked = {shape[0], 4 * out, shape[2], shape[3]};
    Value together = graph.add("Concat", x.type(), stacked, phases, Map.of("axis", 1L));
    long[] large = {shape[0], out, 2 * shape[2], 2 * shape[3]};
    return graph.add(
        "DepthToSpace", x.type(), large, List.of(together), Map.of("blocksize", 2L, "mode", "DCR"));
  }

  private static Value folded(Graph graph, Value kernel, float[] taps, int row, int column) {
    int pairs = Math.toIntExact(kernel.axis(0) * kernel.axis(1));
    float[] sums = new float[4 * pairs];
    for (int pair = 0; pair < pairs; pair++) {
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          sums[4 * pair + 2 * PIXEL_OF_TAP[row][i] + PIXEL_OF_TAP[column][j]] +=
              taps[9 * pair + 3 * i + j];
        }
      }
    }
    String name = kernel.name() + " phase " + row + column;
    long[] shape = Arrays.copyOf(kernel.shape(), 4);
    shape[2] = 2;
    shape[3] = 2;
    return graph.weight(name, DataType.FLOAT32, Weight.of(name, new FloatTensor(shape, sums)));
  }
}
