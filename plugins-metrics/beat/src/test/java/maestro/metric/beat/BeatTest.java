package maestro.metric.beat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.sound.Sound;
import maestro.contracts.FillRule;
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

/** Values made with librosa's onset_strength and onset_detect, and numpy. */
final class BeatTest extends MetricContract {
  private static final int RATE = 22_050;
  private static final int SECONDS = 16;

  @Override
  protected Metric metric() {
    return new Beat();
  }

  @Override
  protected int seconds() {
    return 7;
  }

  @Test
  void clicksTwiceASecondAreRegular() {
    double[] times = new double[31];
    Arrays.setAll(times, i -> .5 + .5 * i);
    float[] figures = figures(clicks("beat:regular", times));
    assertThat(figures[0]).isCloseTo(.9784044f, within(1e-4f));
    assertThat(figures[1]).isCloseTo(.02356422f, within(1e-6f));
    assertThat(figures[2]).isCloseTo(1.9375f, within(1e-6f));
  }

  @Test
  void clicksAtRandomAreNot() {
    double[] gaps = FillRule.rnd("beat:gaps", 40);
    double[] times = new double[40];
    double time = 0;
    for (int i = 0; i < 40; i++) {
      time += .15 + .7 * (gaps[i] + 1) / 2;
      times[i] = time;
    }
    float[] figures = figures(clicks("beat:irregular", times));
    assertThat(figures[0]).isCloseTo(.17833585f, within(1e-4f));
    assertThat(figures[1]).isCloseTo(.44772738f, within(1e-6f));
    assertThat(figures[2]).isCloseTo(2.1875f, within(1e-6f));
  }

  @Test
  void noiseHasNoBeat() {
    float[] noise = FillRule.rndFloats("beat:noise", SECONDS * RATE);
    float[] figures = figures(noise);
    assertThat(figures[0]).isCloseTo(.14524583f, within(1e-4f));
    assertThat(figures[1]).isCloseTo(.68825985f, within(1e-6f));
    assertThat(figures[2]).isCloseTo(1.25f, within(1e-6f));
  }

  @Test
  void theBestPeriodCountsWhateverItIs() {
    double[] envelope = FillRule.rnd("beat:envelope", 600);
    Arrays.setAll(envelope, t -> Math.abs(envelope[t]));
    assertThat(Pulse.regularity(envelope)).isCloseTo(.10896525862642503, within(1e-12));
    assertThat(Pulse.regularity(Arrays.copyOf(envelope, 300)))
        .isCloseTo(.15833052353431842, within(1e-12));
    Arrays.setAll(envelope, t -> envelope[t] + (t % 21 == 0 ? 2 : 0));
    assertThat(Pulse.regularity(envelope)).isCloseTo(.6310334417914358, within(1e-12));
  }

  /** A swell over 10 s is like itself a little later, and no beat. */
  @Test
  void aSwellIsNoBeat() {
    double[] envelope = new double[430];
    Arrays.setAll(envelope, t -> Math.sin(Math.PI * t / 430));
    assertThat(Pulse.regularity(envelope)).isZero();
  }

  @Test
  void silentAndShortClipsAreLeftOut() {
    double[] times = {.5, 1, 1.5, 2};
    List<MetricSample> samples =
        List.of(
            sample("a", clicks("beat:few", times)),
            sample("b", new float[SECONDS * RATE]),
            sample("c", Arrays.copyOf(clicks("beat:few", times), 3 * RATE)),
            sample("d", new float[0]));
    List<Measurement> figures = metric().summarise(samples, new TestRun());
    assertThat(figures.get(0).count()).isEqualTo(1);
    assertThat(figures.get(0).note())
        .isEqualTo("3 of 4 clips left out, which are still or shorter than 6 s");
    assertThat(figures.get(1).note())
        .isEqualTo("2 of 4 clips left out, which have fewer than 4 onsets");
    assertThat(figures.get(2).note()).isEqualTo("2 of 4 clips left out, which are silent");
    assertThat(Beat.variation(new int[] {0, 10, 20})).isNaN();
    assertThat(Beat.variation(new int[] {5, 15, 25, 35})).isZero();
  }

  private float[] figures(float[] samples) {
    return sample("x", samples).values().get("regularity, variation, rate").values();
  }

  private MetricSample sample(String id, float[] samples) {
    MetricItem item =
        new MetricItem(id, Sound.mono(samples, RATE), Optional.empty(), Map.of(), Optional.empty());
    return new MetricSample(id, Optional.empty(), metric().sample(item, new TestRun()));
  }

  /** Decaying bursts of 1 kHz over faint noise. */
  private static float[] clicks(String name, double... times) {
    double[] samples = FillRule.rnd(name, SECONDS * RATE);
    Arrays.setAll(samples, n -> .001 * samples[n]);
    for (double time : times) {
      int at = (int) (time * RATE);
      for (int k = 0; k < 1500 && at + 1500 <= samples.length; k++) {
        samples[at + k] += .8 * Math.exp(-k / 300.0) * Math.sin(2 * Math.PI * 1000 * k / RATE);
      }
    }
    float[] sound = new float[samples.length];
    for (int n = 0; n < sound.length; n++) {
      sound[n] = (float) samples[n];
    }
    return sound;
  }
}
