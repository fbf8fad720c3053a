package maestro.metric.recognizability;

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
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class RecognizabilityTest extends MetricContract {
  @Override
  protected Metric metric() {
    return new Recognizability(new Power(), "power", 20, 500);
  }

  @Test
  void stylesFarApartAreAllRecognised() {
    Measurement all = metric().summarise(samples(6, 5, 100, 100), new TestRun()).get(0);
    assertThat(all.value()).isEqualTo(100);
    assertThat(all.note()).isEqualTo("embedding power, 6 of 6 styles, 500 episodes, chance 16.7 %");
  }

  @Test
  void whatHasNoStyleIsRecognisedByChance() {
    Measurement all = metric().summarise(samples(4, 200, 0, 0), new TestRun()).get(0);
    assertThat(all.value()).isCloseTo(25, within(5.0));
  }

  @Test
  void aModelThatMixesItsStylesUpIsRecognisedLessOften() {
    double clear = metric().summarise(samples(8, 30, 3, 3), new TestRun()).get(0).value();
    double muddled = metric().summarise(samples(8, 30, 3, 1), new TestRun()).get(0).value();
    assertThat(clear).isGreaterThan(muddled + 10);
  }

  @Test
  void givesTheFigureOfEveryStyle() {
    List<Measurement> figures = metric().summarise(samples(3, 4, 100, 100), new TestRun());
    assertThat(figures).hasSize(4);
    assertThat(figures.get(2).measure().name()).isEqualTo("recognizability of style 1");
    assertThat(figures.get(2).count()).isEqualTo(500);
    assertThat(metric().summarise(samples(1, 4, 1, 1), new TestRun()).get(0).note())
        .contains("needs two");
  }

  @Test
  void refusesWhatItCannotUse() {
    MetricItem item =
        new MetricItem(
            "x", Sound.mono(new float[10], 16_000), Optional.empty(), Map.of(), Optional.of("a"));
    assertThatThrownBy(() -> metric().sample(item, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("item x has no reference");
  }

  /** Styles at random places of a plane, as far apart as asked, with unit noise. */
  private static List<MetricSample> samples(
      int styles, int clips, float realSpread, float generatedSpread) {
    float[] centres = new Noise(1).gaussian("centres", 8 * styles);
    float[] noise = new Noise(2).gaussian("noise", 16 * styles * clips);
    List<MetricSample> samples = new ArrayList<>();
    for (int n = 0; n < styles * clips; n++) {
      int style = n / clips;
      float[] real = new float[8];
      float[] generated = new float[8];
      for (int i = 0; i < 8; i++) {
        real[i] = realSpread * centres[8 * style + i] + noise[16 * n + i];
        generated[i] = generatedSpread * centres[8 * style + i] + noise[16 * n + 8 + i];
      }
      Map<String, FloatTensor> values =
          Map.of("reference", FloatTensor.of(real, 8), "generated", FloatTensor.of(generated, 8));
      samples.add(
          new MetricSample(
              "item " + n, Optional.of("style " + style), new NamedTensors(values, Map.of())));
    }
    return samples;
  }

  /** Hears the power. */
  private static final class Power implements AudioEmbedding {
    @Override
    public int width() {
      return 1;
    }

    @Override
    public int classes() {
      return 0;
    }

    @Override
    public Heard hear(Sound sound, RunContext run) {
      float power = 0;
      for (float x : sound.channels()[0]) {
        power += x * x;
      }
      return new Heard(new float[][] {{power}}, new float[0]);
    }
  }
}
