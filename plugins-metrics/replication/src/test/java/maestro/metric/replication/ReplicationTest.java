package maestro.metric.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.contracts.FillRule;
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class ReplicationTest extends MetricContract {
  private static final int RATE = 16_000;

  @Override
  protected Replication metric() {
    return new Replication(0.9);
  }

  @Override
  protected int seconds() {
    return 10;
  }

  /** Against numpy: windows of 75 frames less each band's mean, by their definition. */
  @Test
  void agreesWithTheReference() {
    float[] x = FillRule.rndFloats("replication:piece", 64 * 160);
    float[] c = FillRule.rndFloats("replication:clip", 64 * 90);
    for (int i = 0; i < x.length; i++) {
      x[i] = 3 * x[i] - 4;
    }
    for (int b = 0; b < 64; b++) {
      for (int t = 0; t < 75; t++) {
        c[b * 90 + 7 + t] = 0.5f * x[b * 160 + 41 + t] + 1.5f * c[b * 90 + 7 + t];
      }
    }
    Levels clip = new Levels(90, c);
    Levels piece = new Levels(160, x);
    Passage.Match copied = new Passage(clip, 7).nearest(piece);
    assertThat(copied.correlation()).isCloseTo(0.7195672530578554, within(1e-5));
    assertThat(copied.seconds()).isCloseTo(41 * 0.04, within(1e-9));
    Passage.Match partly = new Passage(clip, 0).nearest(piece);
    assertThat(partly.correlation()).isCloseTo(0.6088754397936866, within(1e-5));
    assertThat(partly.seconds()).isCloseTo(34 * 0.04, within(1e-9));
    assertThat(new Passage(clip, 0).nearest(new Levels(74, new float[64 * 74])).correlation())
        .as("shorter than a passage")
        .isEqualTo(-1);
  }

  /** Shifts beyond one run of the search. */
  @Test
  void findsAPassageFarInside() {
    float[] x = FillRule.rndFloats("replication:long", 64 * 3000);
    Levels piece = new Levels(3000, x);
    for (int at : new int[] {0, 1023, 1024, 2500, 2925}) {
      Passage.Match match = new Passage(piece, at).nearest(piece);
      assertThat(match.correlation()).isCloseTo(1, within(1e-4));
      assertThat(match.seconds()).isCloseTo(at * 0.04, within(1e-9));
    }
  }

  @Test
  void findsAHiddenCopyAndWhereItCameFrom() {
    List<MetricSample> corpus = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      corpus.add(
          new MetricSample(
              "piece " + k,
              Optional.empty(),
              metric().listen(Sound.mono(music("piece." + k, 20), RATE), new TestRun())));
    }
    float[] source = music("piece.1", 20);
    float[] noise = new Noise(3).gaussian("noise", 10 * RATE);
    List<MetricSample> samples = new ArrayList<>();
    for (String id : List.of("own", "copy")) {
      float[] clip = music(id, 10);
      for (int n = 0; n < clip.length; n++) {
        if (id.equals("copy") && n >= 4.5 * RATE && n < 8.7 * RATE) {
          // What is 5 s into the clip is 11.727 s into the piece, between two frames.
          clip[n] = 0.3f * source[n + (int) (6.727 * RATE)];
        }
        clip[n] += 0.0005f * noise[n];
      }
      samples.add(sample(id, clip, corpus));
    }
    List<Measurement> figures = metric().summarise(samples, new TestRun());
    assertThat(figures.get(0).value()).isEqualTo(50);
    assertThat(figures.get(1).value()).isBetween(0.9, 1.0);
    assertThat(figures.get(1).note()).isEqualTo("copy: 0:05.00 is nearest to 0:11.72 of piece 1");
    assertThat(figures.get(2).value())
        .isCloseTo((figures.get(3).value() + figures.get(4).value()) / 2, within(1e-9));
    assertThat(figures.get(3).measure().name()).isEqualTo("passage correlation of own");
    assertThat(figures.get(3).value()).isLessThan(0.7);
  }

  @Test
  void silenceIsACopyOfNothing() {
    List<MetricSample> corpus =
        List.of(
            new MetricSample(
                "silence",
                Optional.empty(),
                metric().listen(Sound.mono(new float[10 * RATE], RATE), new TestRun())),
            new MetricSample(
                "nothing",
                Optional.empty(),
                metric().listen(Sound.mono(new float[0], RATE), new TestRun())));
    MetricSample silent = sample("x", new float[10 * RATE], corpus);
    assertThat(metric().summarise(List.of(silent), new TestRun()).get(1).value())
        .isCloseTo(0, within(1e-6));
  }

  @Test
  void refusesWhatItCannotJudge() {
    assertThatThrownBy(() -> sample("x", new float[2 * RATE], List.of()))
        .hasMessageContaining("item x is shorter than a passage of 3 s");
    assertThatThrownBy(() -> sample("x", new float[3 * RATE], List.of()))
        .hasMessageContaining("there is no music that item x could be copied from; give a folder");
  }

  private MetricSample sample(String id, float[] clip, List<MetricSample> corpus) {
    Metric metric = metric();
    MetricItem item =
        new MetricItem(
            id,
            Sound.mono(clip, RATE),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            corpus);
    return new MetricSample(id, Optional.empty(), metric.sample(item, new TestRun()));
  }

  /** A note of five partials every fifth of a second, over faint noise of its own. */
  private static float[] music(String name, int seconds) {
    double[] drawn = FillRule.rnd("replication:" + name, 5 * seconds);
    float[] samples = new Noise(1).gaussian(name, seconds * RATE);
    for (int n = 0; n < samples.length; n++) {
      samples[n] *= 0.001f;
      int note = n / (RATE / 5);
      double fade = Math.exp(-(n % (RATE / 5)) / 2000.0);
      for (int k = 1; k <= 5; k++) {
        double hertz = k * 220 * Math.pow(2, Math.round(12 * drawn[note]) / 12.0);
        samples[n] += (float) (0.15 / k * fade * Math.sin(2 * Math.PI * hertz * n / RATE));
      }
    }
    return samples;
  }
}
