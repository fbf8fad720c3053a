package maestro.metric.originality;

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

/** Numbers of numpy. */
final class OriginalityTest extends MetricContract {
  @Override
  protected Metric metric() {
    return new Originality(new Halves(), "halves");
  }

  @Test
  void agreesWithTheReference() {
    float[] values = FillRule.rndFloats("orig:f", 60);
    List<MetricSample> samples = new ArrayList<>();
    for (int n = 0; n < 15; n++) {
      float[] embedding = java.util.Arrays.copyOfRange(values, 4 * n, 4 * n + 4);
      samples.add(sample("style " + n / 5, embedding));
    }
    List<Measurement> figures = metric().summarise(samples, new TestRun());
    double[] expected = {
      .47074891329658536, 1.412246739889756, 2.9506624818584104, .4874586, .5420093, .3827788
    };
    for (int i = 0; i < expected.length; i++) {
      assertThat(figures.get(i).value()).isCloseTo(expected[i], within(1e-6));
    }
    assertThat(figures.get(4).measure().name()).isEqualTo("originality of style 1");
    assertThat(figures.get(0).note()).isEqualTo("embedding halves, 3 styles");
  }

  @Test
  void stylesWithOneClipAreLeftOut() {
    List<MetricSample> samples = List.of(sample("a", 0, 0), sample("a", 2, 2), sample("b", 5, 5));
    Measurement mean = metric().summarise(samples, new TestRun()).get(0);
    assertThat(mean.value()).isCloseTo(Math.sqrt(2), within(1e-12));
    assertThat(mean.note()).contains("1 with one clip left out");
    assertThat(metric().summarise(samples.subList(2, 3), new TestRun()).get(0).note())
        .isEqualTo("no style has two clips");
  }

  @Test
  void refusesAnItemWithoutStyle() {
    MetricItem item =
        new MetricItem(
            "x", Sound.mono(new float[10], 16_000), Optional.empty(), Map.of(), Optional.empty());
    assertThatThrownBy(() -> metric().sample(item, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("item x has no style");
  }

  private static MetricSample sample(String style, float... embedding) {
    return new MetricSample(
        "x",
        Optional.of(style),
        NamedTensors.of("embedding", FloatTensor.of(embedding, embedding.length)));
  }

  /** Hears the power of each half. */
  private static final class Halves implements AudioEmbedding {
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
      float[] power = new float[2];
      for (int n = 0; n < sound.length(); n++) {
        float x = sound.channels()[0][n];
        power[2 * n / sound.length()] += x * x;
      }
      return new Heard(new float[][] {power}, new float[0]);
    }
  }
}
