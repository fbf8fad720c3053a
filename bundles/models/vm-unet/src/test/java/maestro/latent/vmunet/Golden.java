package maestro.latent.vmunet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import maestro.api.tensor.FloatTensor;

/**
 * Numbers a reference gave: mean, deviation and seven values at 0, 1, 2, n/3, n/2, 2n/3 and n − 1.
 */
final class Golden {
  private Golden() {}

  static void check(FloatTensor actual, double mean, double deviation, double... values) {
    float[] x = actual.values();
    int n = x.length;
    double sum = 0;
    for (float v : x) {
      sum += v;
    }
    double squares = 0;
    for (float v : x) {
      squares += (v - sum / n) * (v - sum / n);
    }
    close("mean", sum / n, mean);
    close("deviation", Math.sqrt(squares / n), deviation);
    int[] places = {0, 1, 2, n / 3, n / 2, (int) (2L * n / 3), n - 1};
    for (int i = 0; i < places.length; i++) {
      close("value " + places[i], x[places[i]], values[i]);
    }
  }

  static void close(String what, double actual, double expected) {
    assertThat(actual).as(what).isCloseTo(expected, within(1e-4 + 1e-3 * Math.abs(expected)));
  }

  static void same(FloatTensor actual, FloatTensor expected, double tolerance) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double most = 0;
    for (int i = 0; i < expected.values().length; i++) {
      most = Math.max(most, Math.abs(actual.values()[i] - expected.values()[i]));
    }
    assertThat(most).as("largest difference").isLessThanOrEqualTo(tolerance);
  }
}
