package maestro.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Numbers of librosa 0.11 and scipy. */
final class FiltersTest {
  @Test
  void chromaFilterBankIsLibrosas() {
    FilterBank bank = ChromaFilterBank.of(16_000, 2048);
    double sum = 0;
    for (double[] row : bank.matrix()) {
      for (double weight : row) {
        sum += weight;
      }
    }
    assertThat(bank.bands()).isEqualTo(12);
    assertThat(bank.bins()).isEqualTo(1025);
    assertThat(sum).isCloseTo(796.83919, within(1e-3));
    double[] a4 = {.0006352, .1726951, .8600093, .078442, .000131};
    for (int i = 0; i < a4.length; i++) {
      assertThat(bank.weight(7 + i, 56)).isCloseTo(a4[i], within(1e-6));
    }
  }

  @Test
  void htkFilterBankIsVggishs() {
    FilterBank bank = MelFilterBank.htk(16_000, 512, 64, 125, 7500);
    double sum = 0;
    double most = 0;
    for (double[] row : bank.matrix()) {
      for (double weight : row) {
        sum += weight;
      }
    }
    for (int band = 0; band < 64; band++) {
      most = Math.max(most, bank.weight(band, 14));
      assertThat(bank.weight(band, 14) > 0).isEqualTo(band == 8 || band == 9);
    }
    assertThat(sum).isCloseTo(230.9135991608477, within(1e-9));
    assertThat(most).isCloseTo(.9086633, within(1e-7));
  }

  @Test
  void highPassHasTheCookbooksCoefficients() {
    Biquad highPass = Biquad.highPass(261.2, .707, 16_000);
    assertThat(highPass.b0()).isCloseTo(.9300252607, within(1e-10));
    assertThat(highPass.b1()).isCloseTo(-1.8600505215, within(1e-10));
    assertThat(highPass.b2()).isCloseTo(.9300252607, within(1e-10));
    assertThat(highPass.a1()).isCloseTo(-1.8551494291, within(1e-10));
    assertThat(highPass.a2()).isCloseTo(.8649516138, within(1e-10));
    double[] x = {1, -2, 3, .5, 4};
    double[] y = highPass.filter(x);
    for (int n = 0; n < x.length; n++) {
      double expected = highPass.b0() * x[n];
      expected += n > 0 ? highPass.b1() * x[n - 1] - highPass.a1() * y[n - 1] : 0;
      expected += n > 1 ? highPass.b2() * x[n - 2] - highPass.a2() * y[n - 2] : 0;
      assertThat(y[n]).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void smoothingHasScipysCoefficients() {
    double[] second = new SavitzkyGolay(101, 2).coefficients(50);
    assertThat(second[50]).isCloseTo(.022280868863582, within(1e-14));
    assertThat(second[49]).isCloseTo(.022266304300330, within(1e-14));
    assertThat(second[0]).isCloseTo(-.014130539267517, within(1e-14));
    for (double weight : new SavitzkyGolay(101, 1).coefficients(50)) {
      assertThat(weight).isCloseTo(1 / 101.0, within(1e-14));
    }
  }

  @Test
  void smoothingTreatsTheEdgesAsScipyDoes() {
    double[] x = new double[200];
    for (int n = 0; n < 200; n++) {
      x[n] = n * n % 37;
    }
    double[] y = new SavitzkyGolay(101, 2).filter(x);
    int[] at = {0, 1, 50, 100, 198, 199};
    double[] expected = {
      17.04166219, 17.06010596, 18.11565137, 18.50248035, 16.40118857, 16.32976913
    };
    for (int i = 0; i < at.length; i++) {
      assertThat(y[at[i]]).isCloseTo(expected[i], within(1e-8));
    }
    assertThatThrownBy(() -> new SavitzkyGolay(101, 2).filter(new double[100]))
        .hasMessageContaining("101");
    assertThatThrownBy(() -> new SavitzkyGolay(10, 2)).hasMessageContaining("odd");
  }

  @Test
  void reflectionRepeatsForShortSignals() {
    assertThat(Padding.REFLECT.pad(new float[] {1, 2, 3}, 5, 5))
        .containsExactly(2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2);
    assertThat(Padding.ZERO.pad(new float[] {1, 2}, 1, 2)).containsExactly(0, 1, 2, 0, 0);
    assertThat(Padding.REFLECT.pad(new float[] {4}, 1, 2)).containsExactly(4, 4, 4, 4);
  }
}
