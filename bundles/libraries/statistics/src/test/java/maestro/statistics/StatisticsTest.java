package maestro.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against numpy 2 and scipy 1.17 on the same numbers. */
class StatisticsTest {
  @Test
  void quantilesAreNumpys() {
    Quantiles quantiles = Quantiles.of(3, 1, Double.NaN, 4, 1, 5, 9, 2, 6);
    assertThat(quantiles.at(0)).isEqualTo(1);
    assertThat(quantiles.at(0.025)).isEqualTo(1);
    assertThat(quantiles.median()).isEqualTo(3.5);
    assertThat(quantiles.at(0.95)).isCloseTo(7.95, within(1e-12));
    assertThat(quantiles.at(1)).isEqualTo(9);
    assertThat(Quantiles.of().at(0.5)).isNaN();
  }

  @Test
  void ranksAreScipys() {
    assertThat(Ranks.of(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5))
        .containsExactly(4.5, 1.5, 6, 1.5, 8, 11, 3, 10, 8, 4.5, 8);
  }

  @Test
  void correlationsAreScipysAlsoInTwoParts() {
    double[] x = {3, 1, 4, 1, 5, 9, 2, 6};
    double[] y = {2, 7, 1, 8, 2, 8, 1, 8};
    assertThat(Correlation.spearman(x, y)).isCloseTo(0.19885368120992467, within(1e-12));
    Correlation all = new Correlation();
    Correlation rest = new Correlation();
    for (int i = 0; i < x.length; i++) {
      (i < 3 ? all : rest).add(x[i], y[i]);
    }
    all.add(rest);
    all.add(new Correlation());
    assertThat(all.r(0)).isCloseTo(0.2096553190730121, within(1e-12));
    assertThat(Correlation.spearman(new double[] {1, 2, 3}, new double[] {4, 4, 4})).isNaN();
    assertThat(new Correlation().r(0)).isNaN();
  }

  @Test
  void pOfFewPairsIsExactAsScipysPermutationTest() {
    assertThat(p(new double[] {1, 2}, new double[] {2, 4})).isEqualTo(0.5);
    assertThat(p(new double[] {1, 2}, new double[] {2, 1})).isEqualTo(1);
    assertThat(p(new double[] {1, 2, 3, 4, 5}, new double[] {2, 3, 4, 5, 7})).isEqualTo(0.0625);
    assertThat(p(new double[] {1, 2, 3, 4, 5, 6}, new double[] {2, 2, 5, 3, 9, 6}))
        .as("ties and zeros")
        .isEqualTo(0.375);
    assertThat(
            p(new double[] {.1, .2, .3, .4, .5, .6, .7}, new double[] {.3, .1, .6, .6, .9, .5, .7}))
        .isEqualTo(0.1875);
    assertThat(p(new double[] {5, 5, 5}, new double[] {5, 5, 5})).isEqualTo(1);
  }

  @Test
  void theLeastPIsThatOfTheExchangesThereAre() {
    assertThat(test(new double[3], new double[] {1, 1, 1}, 500).least()).isEqualTo(0.25);
    assertThat(new PairedPermutation(new double[0], 0, true, 500).least()).isEqualTo(1);
    assertThat(new PairedPermutation(new double[0], 40, false, 999).least()).isEqualTo(0.001);
  }

  @Test
  void drawsOfManyPairsComeNearTheExactP() {
    double[] a = new double[12];
    double[] b = new double[12];
    for (int i = 0; i < 12; i++) {
      a[i] = i;
      b[i] = i + (i % 3 == 0 ? -1 : 0.7);
    }
    PairedPermutation exact = test(a, b, 5_000);
    PairedPermutation drawn = test(a, b, 2_000);
    assertThat(exact.exact()).isTrue();
    assertThat(drawn.exact()).isFalse();
    assertThat(drawn.p()[0]).isCloseTo(exact.p()[0], within(0.05));
  }

  @Test
  void holmStepsDown() {
    // Of R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    assertThat(Holm.adjusted(0.01, 0.04, Double.NaN, 0.03, 0.005))
        .containsExactly(0.03, 0.06, Double.NaN, 0.06, 0.02);
    assertThat(Holm.adjusted(0.5, 0.9)).containsExactly(1, 1);
  }

  @Test
  void theNearestPointIsTheFirstOfThoseEquallyNear() {
    float[][] points = {{5, 5}, {1, 0}, {0, 1}};
    assertThat(Points.nearest(new float[] {0, 0}, points)).isEqualTo(1);
    assertThat(Points.nearest(new float[] {4, 4}, points)).isZero();
    assertThat(Points.nearest(new float[] {4, 4}, new float[0][])).isEqualTo(-1);
  }

  private static double p(double[] a, double[] b) {
    PairedPermutation test = test(a, b, 1024);
    assertThat(test.exact()).isTrue();
    return test.p()[0];
  }

  private static PairedPermutation test(double[] a, double[] b, int draws) {
    return PairedPermutation.of(
        a.length,
        draws,
        draw -> new Random(draw).doubles(a.length).toArray(),
        exchanged -> {
          double difference = 0;
          for (int i = 0; i < a.length; i++) {
            difference += (exchanged[i] ? a[i] - b[i] : b[i] - a[i]) / a.length;
          }
          return new double[] {difference};
        });
  }
}
