package maestro.tensor.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.LambdaBlock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Programs of operations drawn at random give the same compiled and eagerly: orders of operations
 * nobody thought of.
 */
final class RandomProgramsTest {
  private static final int STEPS = 12;

  /** Normalisation of numbers that are nearly the same makes a rounding large. */
  private static final double TOLERANCE = 1e-4;

  @Test
  void someHundreds() {
    run(0, 200);
  }

  @Test
  @Tag("campaign")
  void tensOfThousands() {
    run(1_000, 20_000);
  }

  private static void run(int first, int count) {
    for (int seed = first; seed < first + count; seed++) {
      int program = seed;
      NetworkSource source =
          new NetworkSource(
              "program " + seed,
              () -> new LambdaBlock(x -> new NDList(program(x.get(0), new Random(program)))),
              List.of(NetworkInput.of("in0", 2, 6, 4)),
              List.of("out0"),
              Map.of());
      Engines.assertAgree(source, Map.of("in0", Engines.random(seed, 2, 6, 4)), TOLERANCE);
    }
  }

  /**
   * Keeps values within ±1 and at most four axes, so that a difference would show and nothing
   * overflows.
   */
  private static NDArray program(NDArray start, Random random) {
    NDArray x = start.tanh();
    NDArray earlier = x;
    for (int i = 0; i < STEPS; i++) {
      NDArray next = step(x, earlier, random);
      earlier = random.nextInt(3) == 0 ? x : earlier;
      x = next;
    }
    return x;
  }

  private static NDArray step(NDArray x, NDArray earlier, Random random) {
    Shape shape = x.getShape();
    int rank = shape.dimension();
    int axis = random.nextInt(rank);
    long length = shape.get(axis);
    return switch (random.nextInt(20)) {
      case 0 -> Activation.relu(x);
      case 1 -> Activation.sigmoid(x).mul(x);
      case 2 -> Activation.gelu(x).duplicate().addi(0.25f).tanh();
      case 3 -> x.softmax(axis);
      case 4 -> x.swapAxes(axis, random.nextInt(rank));
      case 5 -> x.flatten(0, rank > 2 ? 1 : 0);
      case 6 -> rank < 4 ? x.expandDims(random.nextInt(rank + 1)) : x.squeeze();
      case 7 -> x.sub(x.mean(new int[] {axis}, true));
      case 8 ->
          length > 1 && shape.size() > 8
              ? x.split(new long[] {1 + random.nextInt((int) length - 1)}, axis).get(1)
              : x.neg();
      case 9 -> shape.size() < 500 ? x.concat(x.neg(), axis) : x.abs();
      case 10 ->
          shape.size() < 500
              ? NDArrays.stack(new NDList(x, x.square()), axis).reshape(-1, shape.get(rank - 1))
              : x.sin();
      case 11 -> earlier.getShape().equals(shape) ? x.add(earlier).mul(0.5f) : x.cos();
      case 12 ->
          x.reshape(-1, shape.get(rank - 1))
              .matMul(x.reshape(-1, shape.get(rank - 1)).transpose())
              .tanh();
      case 13 -> x.clip(-0.5f, 0.5f).maximum(-0.25f);
      case 14 -> x.pad(new Shape(1, 0), 0.5).tanh();
      case 15 -> NDArrays.where(x.gt(0.1f), x, x.mul(0.3f));
      case 16 -> x.flip(axis).erf();
      case 17 -> x.sum(new int[] {axis}, true).tanh().broadcast(shape);
      case 18 ->
          length > 2
              ? x.get(new ai.djl.ndarray.index.NDIndex().addIndices("..., ::2"))
              : x.exp().mul(0.3f);
      default -> x.cumSum(axis).mul(0.2f).tanh();
    };
  }
}
