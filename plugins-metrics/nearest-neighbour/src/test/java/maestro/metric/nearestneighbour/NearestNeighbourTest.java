package maestro.metric.nearestneighbour;

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
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class NearestNeighbourTest extends MetricContract {
  @Override
  protected Metric metric() {
    return new NearestNeighbour(new Samples(), "samples", 0.95);
  }

  @Test
  void findsTheCopiedPassageAndWhereItCameFrom() {
    List<MetricSample> samples = new ArrayList<>();
    float[] music = new Noise(1).gaussian("music", 5 * 128);
    for (int i = 0; i < 5; i++) {
      float[] real = java.util.Arrays.copyOfRange(music, 128 * i, 128 * i + 128);
      float[] generated = new Noise(2).gaussian("generated." + i, 128);
      if (i == 3) {
        // The third quarter of the clip is, a little quieter, the second quarter of reference 1.
        for (int n = 0; n < 32; n++) {
          generated[64 + n] = 0.95f * music[128 + 32 + n];
        }
      }
      samples.add(sample("clip " + i, generated, real));
    }
    List<Measurement> figures = metric().summarise(samples, new TestRun());
    assertThat(figures.get(0).value()).isCloseTo(20, within(1e-9));
    assertThat(figures.get(1).value()).isGreaterThan(0.99);
    assertThat(figures.get(1).note())
        .isEqualTo("clip 3: 4.00 s is nearest to 2.00 s of the reference clip 1");
    assertThat(figures).hasSize(7);
    assertThat(figures.get(2).value()).isLessThan(0.9);
    assertThat(figures.get(5).measure().name()).isEqualTo("similarity of clip 3");
  }

  @Test
  void withoutReferencesThereIsNothingToBeCloseTo() {
    MetricItem item =
        new MetricItem(
            "x", Sound.mono(new float[128], 16), Optional.empty(), Map.of(), Optional.empty());
    MetricSample alone =
        new MetricSample("x", Optional.empty(), metric().sample(item, new TestRun()));
    Measurement share = metric().summarise(List.of(alone), new TestRun()).get(0);
    assertThat(share.value()).isNaN();
    assertThat(share.note()).isEqualTo("no clip has a reference");
  }

  @Test
  void refusesAnEmptySound() {
    MetricItem item =
        new MetricItem(
            "x", Sound.mono(new float[0], 16), Optional.empty(), Map.of(), Optional.empty());
    assertThatThrownBy(() -> metric().sample(item, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("a sound is empty");
  }

  private MetricSample sample(String id, float[] generated, float[] real) {
    MetricItem item =
        new MetricItem(
            id,
            Sound.mono(generated, 16),
            Optional.of(Sound.mono(real, 16)),
            Map.of(),
            Optional.empty());
    return new MetricSample(id, Optional.empty(), metric().sample(item, new TestRun()));
  }

  /** Hears the first 32 samples of each quarter. */
  private static final class Samples implements AudioEmbedding {
    @Override
    public int width() {
      return 32;
    }

    @Override
    public int classes() {
      return 0;
    }

    @Override
    public Heard hear(Sound sound, RunContext run) {
      float[][] patches = new float[4][32];
      for (int n = 0; n < 128; n++) {
        int at = (int) ((n / 32) * (sound.length() / 4L) + n % 32);
        patches[n / 32][n % 32] = sound.channels()[0][at];
      }
      return new Heard(patches, new float[0]);
    }
  }
}
