package maestro.encoder.wecl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import maestro.checkpoint.FillRule;
import org.junit.jupiter.api.Test;

/** Numbers made with NumPy by Kaldi's formulas. */
class FilterBanksTest {
  private static final int RATE = 16_000;

  @Test
  void givesKaldisNumbers() {
    float[] noise = FillRule.random("input:banks", 6000);
    float[] samples = new float[6000];
    for (int n = 0; n < samples.length; n++) {
      samples[n] = (float) (.3 * Math.sin(2 * Math.PI * 440 * n / RATE) + .05 * noise[n]);
    }
    float[] banks = new FilterBanks(RATE).of(samples, 1, 36);
    double mean = 0;
    for (float value : banks) {
      mean += value / banks.length;
    }
    assertThat(mean).isCloseTo(0.34824163, within(1e-4));
    assertRow(banks, 0, -0.6272392f, -0.1508459f, 0.28190925f, 0.61267514f);
    assertRow(banks, 20, -0.33608367f, 0.04763049f, 0.19351559f, 0.65301595f);
  }

  @Test
  void aShortSoundIsRepeatedAndALongOneIsCutToTheMiddleOfBlocks() {
    float[] samples = FillRule.random("input:sound", RATE);
    FilterBanks banks = new FilterBanks(RATE);
    float[] all = banks.of(samples, 1, 98);
    float[] repeated = banks.of(samples, 2, 100);
    assertThat(row(repeated, 98)).isEqualTo(row(all, 0));
    assertThat(row(repeated, 199)).isEqualTo(row(all, 199 % 98));
    float[] cut = banks.of(samples, 2, 9);
    assertThat(row(cut, 0)).isEqualTo(row(all, 20));
    assertThat(row(cut, 9)).isEqualTo(row(all, 49 + 20));
  }

  @Test
  void silenceIsTheFloorEverywhere() {
    float[] silence = FilterBanks.ofSilence(3);
    assertThat(silence).hasSize(3 * 128).containsOnly(silence[0]);
    assertThat(silence[0]).isCloseTo(-0.8692392f, within(1e-5f));
    assertThat(new FilterBanks(RATE).of(new float[RATE], 1, 3)).isEqualTo(silence);
    assertThat(new FilterBanks(RATE).of(new float[10], 1, 3)).isEqualTo(silence);
  }

  private static void assertRow(float[] banks, int row, float... expected) {
    int[] bands = {0, 10, 40, 127};
    for (int i = 0; i < bands.length; i++) {
      assertThat(banks[row * 128 + bands[i]]).isCloseTo(expected[i], within(1e-4f));
    }
  }

  private static float[] row(float[] banks, int row) {
    return java.util.Arrays.copyOfRange(banks, row * 128, (row + 1) * 128);
  }
}
