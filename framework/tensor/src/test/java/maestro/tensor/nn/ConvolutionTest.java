package maestro.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import maestro.api.run.Noise;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * PyTorch's single precision against its double precision, which oneDNN does not compute. A failure
 * means that no training on this machine can be trusted.
 */
class ConvolutionTest {
  private static final int RUNS = 10;

  private final Engine engine = Engine.getEngine("PyTorch");

  @ParameterizedTest
  @CsvSource({"1, 4", "8, 8", "8, 48", "48, 8", "32, 1", "20, 20", "24, 48", "48, 48", "1, 34"})
  void sumsAndGradientsAreThoseOfDoublePrecision(int in, int out) {
    for (Shape stride : List.of(new Shape(1, 1), new Shape(2, 2))) {
      compare(
          new Shape(3, in, 8, 16),
          new Shape(out, in, 3, 3),
          (x, kernel, shift) -> convolution(x, kernel, shift, stride, new Shape(1, 1)));
    }
    compare(
        new Shape(3, in, 128),
        new Shape(out, in, 7),
        (x, kernel, shift) -> convolution(x, kernel, shift, new Shape(4), new Shape(3)));
  }

  private static NDArray convolution(
      NDArray x, NDArray kernel, NDArray shift, Shape stride, Shape padding) {
    Shape dilation = stride.dimension() == 1 ? new Shape(1) : new Shape(1, 1);
    return x.getNDArrayInternal()
        .convolution(x, kernel, shift, stride, padding, dilation, 1)
        .singletonOrThrow();
  }

  /** A convolution of an input, a kernel and a shift. */
  private interface Function {
    NDArray of(NDArray x, NDArray kernel, NDArray shift);
  }

  private void compare(Shape input, Shape kernel, Function function) {
    List<Shape> shapes = List.of(input, kernel, new Shape(kernel.get(0)));
    double[][] exact = results(shapes, DataType.FLOAT64, function);
    for (int run = 0; run < RUNS; run++) {
      double[][] found = results(shapes, DataType.FLOAT32, function);
      for (int i = 0; i < exact.length; i++) {
        double most = Arrays.stream(exact[i]).map(Math::abs).max().orElseThrow();
        assertThat(difference(found[i], exact[i])).as("%d", i).isLessThan(1e-4 * most);
      }
    }
  }

  /** The outcome, and the gradients of the input, the kernel and the shift. */
  private double[][] results(List<Shape> shapes, DataType type, Function function) {
    try (NDManager manager = engine.newBaseManager()) {
      NDArray[] arrays = new NDArray[3];
      for (int i = 0; i < 3; i++) {
        arrays[i] = noise(manager, "array" + i, shapes.get(i), type);
        arrays[i].setRequiresGradient(true);
      }
      double[][] results = new double[4][];
      try (var collector = engine.newGradientCollector()) {
        NDArray outcome = function.of(arrays[0], arrays[1], arrays[2]);
        results[0] = numbers(outcome);
        collector.backward(outcome.mul(noise(manager, "slope", outcome.getShape(), type)).sum());
      }
      for (int i = 0; i < 3; i++) {
        results[i + 1] = numbers(arrays[i].getGradient());
      }
      return results;
    }
  }

  private static NDArray noise(NDManager manager, String stream, Shape shape, DataType type) {
    float[] values = new Noise(7).gaussian(stream, (int) shape.size());
    return manager.create(values, shape).toType(type, true);
  }

  /** The largest difference; NaN if there is one. */
  private static double difference(double[] found, double[] exact) {
    return IntStream.range(0, exact.length)
        .mapToDouble(i -> Math.abs(found[i] - exact[i]))
        .reduce(0, Math::max);
  }

  private static double[] numbers(NDArray array) {
    return array.toType(DataType.FLOAT64, true).toDoubleArray();
  }
}
