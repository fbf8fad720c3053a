package maestro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import maestro.tensor.torchscript.CompiledBlock;

/**
 * Compares the gradients of a block with finite differences in double precision.
 *
 * <p>The loss L is a sum of all outputs with random weights. Each parameter and each input x is
 * moved along a random direction d; the central difference of fourth order, (8·(L(x + h·d) − L(x −
 * h·d)) − (L(x + 2h·d) − L(x − 2h·d))) / 12h, must be the product of d and the gradient. The block
 * runs as in training; what it draws is the same at each run.
 */
final class GradientCheck implements AutoCloseable {
  private static final Engine ENGINE = Engine.getEngine("PyTorch");
  private static final double STEP = 1e-5;
  private static final double RELATIVE = 1e-6;
  private static final double NOTHING = 1e-8;
  private static final double SINGLE = 1e-4;

  private final Random random = new Random(11);
  private final NDManager manager = ENGINE.newBaseManager();

  /** Normally distributed numbers. */
  NDArray normal(long... shape) {
    Shape size = new Shape(shape);
    return manager.create(DoubleBuffer.wrap(numbers(size.size(), 1)), size);
  }

  /** Given numbers. */
  NDArray array(double... values) {
    return manager.create(values);
  }

  private double[] numbers(long count, double deviation) {
    return random.doubles(count, 0, 1).map(u -> deviation * random.nextGaussian()).toArray();
  }

  /**
   * Checks all parameters and inputs of a block whose parameters are moved a little from their
   * first values, so that none is zero.
   *
   * @return names of the parameters and numbers of the inputs that the outputs do not depend on
   */
  List<String> check(Block block, NDArray... inputs) {
    block.initialize(manager, DataType.FLOAT64, new Shape(1));
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    Parts.parameters(block)
        .forEach(
            (name, parameter) -> {
              NDArray array = parameter.getArray();
              assertThat(array.getDataType()).as(name).isEqualTo(DataType.FLOAT64);
              move(array, array.toDoubleArray(), numbers(array.size(), 0.05), 1);
              arrays.put(name, array);
            });
    for (int i = 0; i < inputs.length; i++) {
      arrays.put("input " + i, inputs[i]);
    }

    List<double[]> weights = new ArrayList<>();
    for (NDArray output : outputs(block, inputs, manager)) {
      assertThat(output.getDataType()).isEqualTo(DataType.FLOAT64);
      weights.add(numbers(output.size(), 1));
    }
    Map<String, double[]> gradients = gradients(block, inputs, arrays, weights);

    List<String> without = new ArrayList<>();
    arrays.forEach(
        (name, array) -> {
          double[] here = array.toDoubleArray();
          double[] direction = numbers(here.length, 1);
          DoubleUnaryOperator at =
              by -> {
                move(array, here, direction, by);
                return loss(block, inputs, weights);
              };
          double near = at.applyAsDouble(STEP) - at.applyAsDouble(-STEP);
          double far = at.applyAsDouble(2 * STEP) - at.applyAsDouble(-2 * STEP);
          move(array, here, direction, 0);
          double difference = (8 * near - far) / (12 * STEP);
          double product = 0;
          for (int i = 0; i < here.length; i++) {
            product += direction[i] * gradients.get(name)[i];
          }
          assertThat(product)
              .as(name)
              .isCloseTo(difference, within(NOTHING + RELATIVE * Math.abs(difference)));
          if (Math.abs(difference) < NOTHING) {
            without.add(name);
          }
        });
    compiled(block, inputs, gradients, weights);
    return without;
  }

  /** The same gradients come out of the block as one TorchScript module, which is single. */
  private void compiled(
      Block block, NDArray[] inputs, Map<String, double[]> expected, List<double[]> weights) {
    try (NDManager scope = ENGINE.newBaseManager();
        CompiledBlock compiled = compiled(block, weights.size());
        GradientCollector collector = ENGINE.newGradientCollector()) {
      Map<Parameter, NDArray> singles = new LinkedHashMap<>();
      Map<String, NDArray> arrays = new LinkedHashMap<>();
      Parts.parameters(block)
          .forEach(
              (name, parameter) -> {
                singles.put(parameter, single(parameter.getArray(), scope));
                arrays.put(name, singles.get(parameter));
              });
      NDList given = new NDList();
      for (int i = 0; i < inputs.length; i++) {
        given.add(single(inputs[i], scope));
        arrays.put("input " + i, given.get(i));
      }
      ENGINE.setRandomSeed(3);
      ParameterStore store =
          new ParameterStore(scope, false) {
            @Override
            public NDArray getValue(Parameter parameter, Device device, boolean training) {
              return singles.get(parameter);
            }
          };
      collector.backward(loss(compiled.forward(store, given), weights, scope));
      arrays.forEach(
          (name, array) -> {
            NDArray gradient = array.getGradient();
            double[] actual = gradient.toType(DataType.FLOAT64, false).toDoubleArray();
            double size = 0;
            double difference = 0;
            for (int i = 0; i < actual.length; i++) {
              size += Math.pow(expected.get(name)[i], 2);
              difference += Math.pow(actual[i] - expected.get(name)[i], 2);
            }
            assertThat(Math.sqrt(difference))
                .as(name + " in TorchScript")
                .isLessThan(1e-5 + SINGLE * Math.sqrt(size));
          });
    }
  }

  private CompiledBlock compiled(Block block, int outputs) {
    List<String> names = IntStream.range(0, outputs).mapToObj(i -> "y" + i).toList();
    return new CompiledBlock("test", block, names, manager, true, false);
  }

  private static NDArray single(NDArray array, NDManager scope) {
    NDArray single = array.toType(DataType.FLOAT32, true);
    single.attach(scope);
    single.setRequiresGradient(true);
    return single;
  }

  private static void move(NDArray array, double[] from, double[] direction, double by) {
    double[] moved = new double[from.length];
    for (int i = 0; i < from.length; i++) {
      moved[i] = from[i] + by * direction[i];
    }
    array.set(DoubleBuffer.wrap(moved));
  }

  private static Map<String, double[]> gradients(
      Block block, NDArray[] inputs, Map<String, NDArray> arrays, List<double[]> weights) {
    arrays.values().forEach(array -> array.setRequiresGradient(true));
    Map<String, double[]> gradients = new LinkedHashMap<>();
    try (NDManager scope = ENGINE.newBaseManager();
        GradientCollector collector = ENGINE.newGradientCollector()) {
      collector.backward(loss(block, inputs, weights, scope));
      arrays.forEach(
          (name, array) -> {
            NDArray gradient = array.getGradient();
            gradients.put(
                name, gradient == null ? new double[(int) array.size()] : gradient.toDoubleArray());
          });
    }
    arrays.values().forEach(array -> array.setRequiresGradient(false));
    return gradients;
  }

  private static double loss(Block block, NDArray[] inputs, List<double[]> weights) {
    try (NDManager scope = ENGINE.newBaseManager();
        NDScope arrays = new NDScope()) {
      arrays.suppressNotUsedWarning();
      return loss(block, inputs, weights, scope).toDoubleArray()[0];
    }
  }

  private static NDArray loss(
      Block block, NDArray[] inputs, List<double[]> weights, NDManager scope) {
    return loss(outputs(block, inputs, scope), weights, scope);
  }

  private static NDArray loss(NDList outputs, List<double[]> weights, NDManager scope) {
    NDArray loss = null;
    for (int i = 0; i < weights.size(); i++) {
      NDArray output = outputs.get(i);
      NDArray weight =
          scope
              .create(DoubleBuffer.wrap(weights.get(i)), output.getShape())
              .toType(output.getDataType(), false);
      NDArray term = output.mul(weight).sum();
      loss = loss == null ? term : loss.add(term);
    }
    return loss;
  }

  private static NDList outputs(Block block, NDArray[] inputs, NDManager scope) {
    ENGINE.setRandomSeed(3);
    return block.forward(new ParameterStore(scope, false), new NDList(inputs), true);
  }

  @Override
  public void close() {
    manager.close();
  }
}
