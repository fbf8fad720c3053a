package maestro.training.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.ParameterStore;
import java.nio.DoubleBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/**
 * Compares gradients of a loss with its finite differences in double precision: each array is moved
 * along a random direction, and the central difference must be the product of direction and
 * gradient. An array that the loss does not depend on is an error.
 */
final class Slopes {
  private static final Engine ENGINE = Engine.getEngine("PyTorch");
  private static final double STEP = 1e-6;
  private static final double RELATIVE = 1e-5;
  private static final double NOTHING = 1e-8;

  private Slopes() {}

  static void check(Map<String, NDArray> arrays, Function<ParameterStore, NDArray> loss) {
    Map<String, double[]> gradients = new LinkedHashMap<>();
    arrays.values().forEach(array -> array.setRequiresGradient(true));
    try (NDManager scope = ENGINE.newBaseManager();
        var collector = ENGINE.newGradientCollector()) {
      NDArray value = loss.apply(new ParameterStore(scope, false));
      System.gc(); // what the gradient needs must not lie in Java's memory
      collector.backward(value);
      arrays.forEach((name, array) -> gradients.put(name, array.getGradient().toDoubleArray()));
    }
    arrays.values().forEach(array -> array.setRequiresGradient(false));
    Random random = new Random(3);
    arrays.forEach(
        (name, array) -> {
          double[] here = array.toDoubleArray();
          double[] direction = random.doubles(here.length, -1, 1).toArray();
          DoubleUnaryOperator at =
              by -> {
                double[] moved = new double[here.length];
                for (int i = 0; i < moved.length; i++) {
                  moved[i] = here[i] + by * direction[i];
                }
                array.set(DoubleBuffer.wrap(moved));
                return number(loss);
              };
          double difference = (at.applyAsDouble(STEP) - at.applyAsDouble(-STEP)) / (2 * STEP);
          at.applyAsDouble(0);
          double product = 0;
          for (int i = 0; i < here.length; i++) {
            product += direction[i] * gradients.get(name)[i];
          }
          assertThat(Math.abs(difference)).as(name + " matters").isGreaterThan(NOTHING);
          assertThat(product)
              .as(name)
              .isCloseTo(difference, within(NOTHING + RELATIVE * Math.abs(difference)));
        });
  }

  private static double number(Function<ParameterStore, NDArray> loss) {
    try (NDManager scope = ENGINE.newBaseManager();
        NDScope arrays = new NDScope()) {
      arrays.suppressNotUsedWarning();
      return loss.apply(new ParameterStore(scope, false)).toDoubleArray()[0];
    }
  }
}
