package maestro.metric.roughness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

final class RoughnessTest extends MetricContract {
  private static final int RATE = 16_000;
  private static final int[][] CHORDS = {
    {36, 60, 64, 67}, {41, 60, 65, 69}, {43, 59, 62, 67}, {45, 60, 61, 62}
  };

  @Override
  protected Metric metric() {
    return new Roughness();
  }

  @Test
  void theCurveIsThatOfSethares() {
    assertThat(Dissonance.ofPair(440, 466.16)).isCloseTo(.18076938, within(1e-8));
    assertThat(Dissonance.ofPair(100, 130)).isCloseTo(.16234705, within(1e-8));
    assertThat(Dissonance.ofPair(440, 880)).isLessThan(1e-5);
    assertThat(Dissonance.ofPair(440, 440)).isZero();
    double most = 0;
    for (int tenth = 1; tenth < 1000; tenth++) {
      most = Math.max(most, Dissonance.ofPair(440, 440 + .1 * tenth));
    }
    assertThat(most).isCloseTo(.18077432, within(1e-8));
  }

  /** Of two equal partials it is half of the curve: a²·d over 2a². */
  @Test
  void twoTonesAreAsRoughAsTheCurveSays() {
    assertThat(Roughness.of(tones(.3, 440, 470)))
        .isCloseTo(Dissonance.ofPair(440, 470) / 2, within(1e-4));
    assertThat(Roughness.of(tones(.3, 440, 880))).isCloseTo(0, within(1e-4));
    assertThat(Roughness.of(tones(.3, 440))).isCloseTo(0, within(1e-4));
  }

  /** The spectra are librosa's, the rest was made with numpy. */
  @Test
  void agreesWithTheReference() {
    double[] noise = FillRule.rnd("roughness:chords", CHORDS.length * RATE);
    float[] chords = new float[noise.length];
    for (int n = 0; n < chords.length; n++) {
      double sum = .02 * noise[n];
      for (int note : CHORDS[n / RATE]) {
        double hz = 440 * Math.pow(2, (note - 69) / 12.0);
        for (int h = 1; h <= 6 && h * hz < 7000; h++) {
          sum += .1 / h * Math.sin(2 * Math.PI * h * hz * (n % RATE) / RATE);
        }
      }
      chords[n] = (float) sum;
    }
    assertThat(Roughness.of(Sound.mono(chords, RATE))).isCloseTo(.0969454972444513, within(1e-5));
    Sound white = Sound.mono(FillRule.rndFloats("roughness:noise", 80_000), RATE);
    assertThat(Roughness.of(white)).isCloseTo(2.8266753382670107, within(1e-4));
  }

  @Test
  void levelMakesNoDifference() {
    assertThat(Roughness.of(tones(.001, 300, 320, 350)))
        .isCloseTo(Roughness.of(tones(.25, 300, 320, 350)), within(1e-5));
  }

  @Test
  void silentAndShortClipsAreLeftOut() {
    List<MetricSample> samples =
        List.of(
            sample("a", tones(.3, 440, 470)),
            sample("b", Sound.mono(new float[RATE], RATE)),
            sample("c", Sound.mono(new float[100], RATE)));
    Measurement figure = metric().summarise(samples, new TestRun()).get(0);
    assertThat(figure.count()).isEqualTo(1);
    assertThat(figure.note())
        .isEqualTo("2 of 3 clips left out, which are silent or shorter than 0.51 s");
  }

  private MetricSample sample(String id, Sound sound) {
    MetricItem item = new MetricItem(id, sound, Optional.empty(), Map.of(), Optional.empty());
    return new MetricSample(id, Optional.empty(), metric().sample(item, new TestRun()));
  }

  private static Sound tones(double level, double... hz) {
    float[] samples = new float[2 * RATE];
    for (int n = 0; n < samples.length; n++) {
      double sum = 0;
      for (double one : hz) {
        sum += level * Math.sin(2 * Math.PI * one * n / RATE);
      }
      samples[n] = (float) sum;
    }
    return Sound.mono(samples, RATE);
  }
}
