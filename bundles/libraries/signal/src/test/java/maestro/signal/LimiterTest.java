package maestro.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class LimiterTest {
  @Test
  void whatIsWithinFullScaleStaysAsItIs() {
    float[] samples = {0, 1, -1, 0.5f};
    assertThat(Limiter.limit(samples)).isEqualTo(1);
    assertThat(samples).containsExactly(0, 1, -1, 0.5f);
    assertThat(Limiter.limit(new float[0])).isEqualTo(1);
  }

  @Test
  void nothingLeavesFullScaleAndNothingIsCut() {
    Random random = new Random(5);
    float[] samples = new float[20_000];
    for (int n = 0; n < samples.length; n++) {
      samples[n] = (float) (random.nextGaussian() * (n < 10_000 ? 0.1 : 1.5));
    }
    float[] before = samples.clone();
    double gain = Limiter.limit(samples);
    assertThat(gain).isBetween(0.05, 0.5);
    int full = 0;
    double last = 1;
    for (int n = 0; n < samples.length; n++) {
      assertThat(Math.abs(samples[n])).isLessThanOrEqualTo(1);
      full += Math.abs(samples[n]) == 1 ? 1 : 0;
      if (Math.abs(before[n]) > 0.05) { // the gain moves slowly and within its bounds
        double own = samples[n] / before[n];
        assertThat(own).isBetween(gain - 1e-6, 1 + 1e-6);
        assertThat(own).isCloseTo(last, within(0.05));
        last = own;
      }
    }
    assertThat(full).isLessThan(10);
    for (int n = 0; n < 10_000 - 2 * Limiter.REACH; n++) {
      assertThat(samples[n]).isCloseTo(before[n], within(1e-6f));
    }
  }

  @Test
  void aPeakIsTurnedDownToFullScale() {
    float[] samples = new float[2000];
    samples[1000] = -4;
    assertThat(Limiter.limit(samples)).isEqualTo(0.25);
    assertThat(samples[1000]).isCloseTo(-1, within(1e-6f));
  }
}
