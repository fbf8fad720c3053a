package maestro.metric.fad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.metric.AudioEmbedding;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.contracts.FillRule;
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class FrechetAudioDistanceTest extends MetricContract {
  @Override
  protected Metric metric() {
    return new FrechetAudioDistance(new Levels(), "levels", false, false);
  }

  /** scipy's matrix square root gives the same. */
  @Test
  void agreesWithTheReference() {
    List<double[]> a = points("fad:a", 60, 1, 0);
    List<double[]> b = points("fad:b", 50, 1.3, .2);
    assertThat(Gaussian.of(a).trace()).isCloseTo(1.1304758839996478, within(1e-12));
    assertThat(Frechet.distance(a, b)).isCloseTo(.36019696172164517, within(1e-10));
    assertThat(Frechet.distance(b, a)).isCloseTo(.36019696172164517, within(1e-10));
    assertThat(Frechet.distance(a, a)).isCloseTo(0, within(1e-12));
  }

  /** Of normal distributions with diagonal covariances the distance has a closed form. */
  @Test
  void agreesWithTheClosedForm() {
    int width = 16;
    List<double[]> a = new ArrayList<>();
    List<double[]> b = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      for (int sign = -1; sign <= 1; sign += 2) {
        double[] p = new double[width];
        double[] q = new double[width];
        p[i] = sign * (1 + i);
        q[i] = sign * (2 + 0.5 * i);
        q[0] += 3;
        a.add(p);
        b.add(q);
      }
    }
    double expected = 9;
    for (int i = 0; i < width; i++) {
      double s = (1 + i) * Math.sqrt(2.0 / (2 * width - 1));
      double t = (2 + 0.5 * i) * Math.sqrt(2.0 / (2 * width - 1));
      expected += (s - t) * (s - t);
    }
    assertThat(Frechet.distance(a, b)).isCloseTo(expected, within(1e-9));
  }

  @Test
  void singularCovariancesStayFinite() {
    List<double[]> few = points("few", 3, 1, 0);
    assertThat(Frechet.distance(few, points("fad:a", 60, 1, 0))).isFinite().isPositive();
    assertThat(Frechet.distance(few, few)).isCloseTo(0, within(1e-12));
  }

  @Test
  void warnsBelowTheWidthOfTheEmbedding() {
    List<MetricSample> samples = samples(2, 8);
    assertThat(metric().summarise(samples, new TestRun()).get(0).note())
        .startsWith("embedding levels, 4 reference patches")
        .contains("too few patches for 8 dimensions");
    assertThat(metric().summarise(samples(40, 8), new TestRun()).get(0).note())
        .doesNotContain("too few");
  }

  /**
   * Two sets of one distribution are at distance 0; small sets say more, the extrapolation about 0.
   */
  @Test
  void extrapolationTakesTheBiasOfSmallSetsOut() {
    Metric metric = new FrechetAudioDistance(new Levels(), "levels", true, false);
    List<Measurement> figures = metric.summarise(samples(200, 8), new TestRun());
    assertThat(figures.get(0).value()).isBetween(0.02, 0.2);
    assertThat(Math.abs(figures.get(1).value())).isLessThan(figures.get(0).value());
    assertThat(metric.summarise(samples(10, 8), new TestRun()).get(1).note()).contains("needs 32");
  }

  @Test
  void judgesSingleClipsWhenAsked() {
    Metric metric = new FrechetAudioDistance(new Levels(), "levels", false, true);
    List<Measurement> figures = metric.summarise(samples(10, 4), new TestRun());
    assertThat(figures).hasSize(11);
    assertThat(figures.get(3).measure().name()).isEqualTo("FAD of item-2");
  }

  @Test
  void refusesAnItemWithoutReference() {
    MetricItem item =
        new MetricItem(
            "x", Sound.mono(new float[10], 16_000), Optional.empty(), Map.of(), Optional.empty());
    assertThatThrownBy(() -> metric().sample(item, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("item x has no reference");
  }

  private static List<double[]> points(String name, int count, double scale, double shift) {
    double[] values = FillRule.rnd(name, 4 * count);
    List<double[]> points = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      double[] point = new double[4];
      for (int i = 0; i < 4; i++) {
        point[i] = scale * values[4 * n + i] + shift;
      }
      points.add(point);
    }
    return points;
  }

  /** Clips of two patches each, generated and real of one normal distribution. */
  private static List<MetricSample> samples(int clips, int width) {
    List<MetricSample> samples = new ArrayList<>();
    for (int i = 0; i < clips; i++) {
      float[] a = new Noise(3).gaussian("generated." + i, 2 * width);
      float[] b = new Noise(3).gaussian("reference." + i, 2 * width);
      Map<String, FloatTensor> values =
          Map.of(
              "generated", FloatTensor.of(a, 2, width), "reference", FloatTensor.of(b, 2, width));
      samples.add(
          new MetricSample("item-" + i, Optional.empty(), new NamedTensors(values, Map.of())));
    }
    return samples;
  }

  /** Hears mean square and mean of each quarter. */
  private static final class Levels implements AudioEmbedding {
    @Override
    public int width() {
      return 2;
    }

    @Override
    public int classes() {
      return 0;
    }

    @Override
    public Heard hear(Sound sound, RunContext run) {
      float[][] patches = new float[4][2];
      int quarter = sound.length() / 4;
      for (int n = 0; n < 4 * quarter; n++) {
        float x = sound.channels()[0][n];
        patches[n / quarter][0] += x * x / quarter;
        patches[n / quarter][1] += x / quarter;
      }
      return new Heard(patches, new float[0]);
    }
  }
}
