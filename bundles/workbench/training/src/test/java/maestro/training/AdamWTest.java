package maestro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdamWTest {
  private final Engine engine = Engine.getEngine("PyTorch");

  @Test
  void oneStepOnAScalarIsTheSpecifiedNumber() {
    try (NDManager manager = engine.newBaseManager()) {
      NDArray weight = manager.create(new double[] {1});
      AdamW.Moments moments = AdamW.Moments.of(weight, manager);
      new AdamW(0.9, 0.999, 0.01)
          .update(
              List.of(weight),
              List.of(manager.create(new double[] {0.5})),
              1,
              List.of(moments),
              1e-4,
              1);
      assertThat(weight.toDoubleArray()[0]).isCloseTo(0.999899000002, within(1e-12));
    }
  }

  @Test
  void manyStepsFollowTheFormulaInDouble() {
    double w = 0.3;
    double m = 0;
    double v = 0;
    try (NDManager manager = engine.newBaseManager()) {
      NDArray weight = manager.create(new double[] {w});
      AdamW.Moments moments = AdamW.Moments.of(weight, manager);
      AdamW optimiser = new AdamW(0.8, 0.95, 0.1);
      for (int n = 1; n <= 50; n++) {
        double g = Math.sin(n) * 4;
        optimiser.update(
            List.of(weight),
            List.of(manager.create(new double[] {g})),
            0.25,
            List.of(moments),
            1e-2,
            n);
        double gradient = g * 0.25;
        w *= 1 - 1e-2 * 0.1;
        m = 0.8 * m + 0.2 * gradient;
        v = 0.95 * v + 0.05 * gradient * gradient;
        double mean = m / (1 - Math.pow(0.8, n));
        w -= 1e-2 * mean / (Math.sqrt(v / (1 - Math.pow(0.95, n))) + 1e-8);
        assertThat(weight.toDoubleArray()[0]).isCloseTo(w, within(1e-12));
      }
    }
  }

  @Test
  void theAverageBeginsFastAndReachesItsDecay() {
    MovingAverage average = new MovingAverage(0.9999);
    assertThat(average.decay(1)).isEqualTo(2.0 / 11);
    assertThat(average.decay(2)).isEqualTo(3.0 / 12);
    assertThat(average.decay(3)).isEqualTo(4.0 / 13);
    assertThat(average.decay(89_989)).isLessThan(0.9999);
    assertThat(average.decay(89_991)).isEqualTo(0.9999);
    try (NDManager manager = engine.newBaseManager()) {
      NDArray shadow = manager.create(new double[] {1});
      average.update(List.of(shadow), List.of(manager.create(new double[] {3})), 1);
      assertThat(shadow.toDoubleArray()[0]).isCloseTo(1 + 2 * 9.0 / 11, within(1e-12));
    }
  }
}
