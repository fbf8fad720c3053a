package maestro.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import maestro.contracts.FillRule;
import org.junit.jupiter.api.Test;

final class LogarithmTest {
  @Test
  void agreesWithTheLibrary() {
    for (double u : FillRule.rnd("logarithm", 20_000)) {
      for (double x : new double[] {Math.exp(30 * u), 1 + u / 2, 1 + u / 1000}) {
        double expected = Math.log(x);
        double close = 1e-14 * Math.max(1, Math.abs(expected));
        assertThat(Logarithm.of(x)).isCloseTo(expected, within(close));
      }
    }
    for (double x : new double[] {1, 2, 1e-5, Double.MIN_NORMAL, Double.MAX_VALUE}) {
      assertThat(Logarithm.of(x)).isCloseTo(Math.log(x), within(1e-12));
    }
    assertThat(Logarithm.of(Double.NaN)).isNaN();
    assertThat(Logarithm.of(Double.POSITIVE_INFINITY)).isNaN();
  }
}
