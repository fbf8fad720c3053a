package maestro.metric.inception;

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
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.contracts.FillRule;
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

/** Numbers of numpy and haoheliu/audioldm_eval. */
final class InceptionTest extends MetricContract {
  @Override
  protected Metric metric() {
    return new Inception(new Colours(3), "colours");
  }

  @Test
  void shufflesAsNumpy() {
    assertThat(new MersenneTwister(2020).permutation(10))
        .containsExactly(2, 4, 9, 1, 5, 7, 6, 3, 8, 0);
    assertThat(new MersenneTwister(2020).permutation(20))
        .containsExactly(6, 9, 12, 4, 5, 14, 1, 2, 15, 10, 19, 18, 7, 16, 13, 11, 17, 3, 8, 0);
    assertThat(new MersenneTwister(2020).permutation(2895))
        .startsWith(1388, 1959, 1760, 1224, 2534)
        .endsWith(1661, 2139, 2678, 392, 864);
  }

  @Test
  void scoresAsTheReference() {
    double[][] logits = logits("isc:logits");
    double[] one =
        Probabilities.inceptionScores(logits, new MersenneTwister(2020).permutation(20), 1);
    assertThat(one[0]).isCloseTo(1.7722338053694378, within(1e-12));
    double[][] target = logits("isc:target");
    double soft = 0;
    double sigmoid = 0;
    for (int n = 0; n < 20; n++) {
      soft += Probabilities.divergence(target[n], logits[n]) / 20;
      sigmoid += Probabilities.sigmoidDivergence(target[n], logits[n]) / 20;
    }
    assertThat(soft).isCloseTo(1.9375680197151595, within(1e-12));
    assertThat(sigmoid).isCloseTo(2.121068317460735, within(1e-12));

    List<Measurement> figures = metric().summarise(samples(logits, target), new TestRun());
    double[] expected = {
      1.3678278275507614, .1071264710900595, 1.9375680197151595, 2.121068317460735
    };
    for (int i = 0; i < 4; i++) {
      assertThat(figures.get(i).value()).isCloseTo(expected[i], within(1e-6));
    }
  }

  @Test
  void aSetIsAtNoDistanceFromItself() {
    double[][] logits = logits("isc:logits");
    List<Measurement> figures = metric().summarise(samples(logits, logits), new TestRun());
    assertThat(figures.get(2).value()).isCloseTo(0, within(1e-4));
    assertThat(figures.get(3).value()).isCloseTo(0, within(1e-4));
  }

  @Test
  void withoutReferencesThereIsNoDivergence() {
    List<MetricSample> samples = new ArrayList<>();
    for (double[] row : logits("isc:logits")) {
      samples.add(
          new MetricSample("x", Optional.empty(), NamedTensors.of("generated", tensor(row))));
    }
    List<Measurement> figures = metric().summarise(samples, new TestRun());
    assertThat(figures.get(0).value()).isCloseTo(1.3678278, within(1e-6));
    assertThat(figures.get(2).value()).isNaN();
    assertThat(figures.get(2).note()).isEqualTo("no clip has a reference");
  }

  @Test
  void refusesAnEmbeddingWithoutClasses() {
    MetricItem item =
        new MetricItem(
            "x", Sound.mono(new float[10], 16_000), Optional.empty(), Map.of(), Optional.empty());
    assertThatThrownBy(() -> new Inception(new Colours(0), "plain").sample(item, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("embedding plain names no classes");
  }

  private static double[][] logits(String name) {
    double[] values = FillRule.rnd(name, 120);
    double[][] logits = new double[20][6];
    for (int i = 0; i < 120; i++) {
      logits[i / 6][i % 6] = 3 * values[i];
    }
    return logits;
  }

  private static List<MetricSample> samples(double[][] generated, double[][] reference) {
    List<MetricSample> samples = new ArrayList<>();
    for (int n = 0; n < generated.length; n++) {
      Map<String, FloatTensor> values =
          Map.of("generated", tensor(generated[n]), "reference", tensor(reference[n]));
      samples.add(new MetricSample("x", Optional.empty(), new NamedTensors(values, Map.of())));
    }
    return samples;
  }

  private static FloatTensor tensor(double[] row) {
    float[] values = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      values[i] = (float) row[i];
    }
    return FloatTensor.of(values, row.length);
  }

  /**
   * A listener with as many classes as wanted, told apart by the loudness of parts of the sound.
   */
  private record Colours(int classes) implements AudioEmbedding {
    @Override
    public int width() {
      return 1;
    }

    @Override
    public Heard hear(Sound sound, RunContext run) {
      float[] logits = new float[classes];
      for (int n = 0; n < sound.length() && classes > 0; n++) {
        logits[n % classes] += Math.abs(sound.channels()[0][n]) / 1000;
      }
      return new Heard(new float[1][1], logits);
    }
  }
}
