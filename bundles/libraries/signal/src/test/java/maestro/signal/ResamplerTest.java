package maestro.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maestro.api.MaestroException;
import maestro.contracts.FillRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** torchaudio's formula, evaluated in double by another program. */
final class ResamplerTest {
  @ParameterizedTest
  @CsvSource({
    "44100, 1600, .26269899, .084526998, .0076411177, .23121387, .48435456, .35163691, .33620156",
    "48000, 1470, .2693179, .029826209, .1286026, -.25900976, .41535026, .29729759, .3226088",
    "22050, 3200, .46458755, .050220026, .21851017, -.49137114, .70412852, .5778992, .46925412"
  })
  void agreesWithTorchaudio(
      int rate,
      int length,
      double y0,
      double y1,
      double y2,
      double y100,
      double half,
      double last,
      double rms) {
    float[] y = new Resampler(rate, 16_000).resample(FillRule.rndFloats("res:x", 4410));
    assertThat(y).hasSize(length);
    double[] expected = {y0, y1, y2, y100, half, last};
    int[] at = {0, 1, 2, 100, length / 2, length - 1};
    for (int i = 0; i < at.length; i++) {
      assertThat((double) y[at[i]]).isCloseTo(expected[i], within(2e-7));
    }
    double squares = 0;
    for (float value : y) {
      squares += (double) value * value;
    }
    assertThat(Math.sqrt(squares / length)).isCloseTo(rms, within(1e-7));
  }

  @Test
  void keepsAToneAndItsLevelUpAndDown() {
    for (int rate : new int[] {8_000, 11_025, 32_000, 44_100, 96_000, 15_999}) {
      float[] x = new float[rate];
      for (int n = 0; n < rate; n++) {
        x[n] = (float) Math.sin(2 * Math.PI * 1000 * n / rate);
      }
      float[] y = new Resampler(rate, 16_000).resample(x);
      assertThat(y).hasSize(16_000);
      for (int n = 100; n < 15_900; n++) {
        assertThat((double) y[n])
            .as("%d Hz, sample %d", rate, n)
            .isCloseTo(Math.sin(2 * Math.PI * 1000 * n / 16_000), within(5e-3));
      }
    }
  }

  @Test
  void equalRatesChangeNothing() {
    float[] x = FillRule.rndFloats("same", 100);
    assertThat(new Resampler(16_000, 16_000).resample(x)).containsExactly(x);
    assertThat(new Resampler(44_100, 16_000).resample(new float[0])).isEmpty();
  }

  @Test
  void refusesRatesNobodyRecordsAt() {
    assertThatThrownBy(() -> new Resampler(1, 16_000))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("1 Hz");
  }
}
