package maestro.metric.melodyaccuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.sound.Sound;
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class MelodyAccuracyTest extends MetricContract {
  /** Hears C in every frame with sound. */
  private static final StyleControl ALWAYS_C =
      new StyleControl() {
        @Override
        public int channels() {
          return 12;
        }

        @Override
        public ControlSignal extract(Sound sound, FrameGrid grid) {
          ControlSignal signal = ControlSignal.zero(grid.frames(), 12);
          for (int t = 0; t < grid.frames(); t++) {
            int sample = Math.min(t * 160, sound.length() - 1);
            signal.values()[12 * t] = sound.channels()[0][sample] == 0 ? 0 : 1;
          }
          return signal;
        }
      };

  @Override
  protected Metric metric() {
    return new MelodyAccuracy(ALWAYS_C);
  }

  @Test
  void countsOnlyFramesThatAskForSomething() {
    ControlSignal asked = melody(0, 0, 7, -1, 0, 2);
    assertThat(MelodyAccuracy.count(asked, melody(0, 7, 7, 3, -1, 2))).containsExactly(5, 3);
    assertThat(MelodyAccuracy.count(asked, melody(0, 0))).containsExactly(2, 2);
  }

  @Test
  void isTheMeanOverClips() {
    Sound sound = Sound.mono(new float[] {1}, 16_000);
    float[] loud = new float[640];
    java.util.Arrays.fill(loud, 1);
    List<MetricSample> samples =
        List.of(
            sample("a", Sound.mono(loud, 16_000), melody(0, 0, 0, 5)),
            sample("b", sound, melody(0)),
            sample("c", sound, melody(-1)));
    Measurement accuracy = metric().summarise(samples, new TestRun()).get(0);
    assertThat(accuracy.value()).isCloseTo(87.5, within(1e-9));
    assertThat(accuracy.count()).isEqualTo(2);
    assertThat(accuracy.note()).isEqualTo("1 clips that ask for no melody left out");
  }

  @Test
  void refusesAnItemWithoutTheControl() {
    MetricItem item =
        new MetricItem(
            "x", Sound.mono(new float[10], 16_000), Optional.empty(), Map.of(), Optional.empty());
    assertThatThrownBy(() -> metric().sample(item, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("item x has no melody control");
  }

  private MetricSample sample(String id, Sound sound, ControlSignal asked) {
    MetricItem item =
        new MetricItem(
            id, sound, Optional.empty(), Map.of("control.melody", asked), Optional.empty());
    return new MetricSample(id, Optional.empty(), metric().sample(item, new TestRun()));
  }

  private static ControlSignal melody(int... classes) {
    ControlSignal signal = ControlSignal.zero(classes.length, 12);
    for (int t = 0; t < classes.length; t++) {
      if (classes[t] >= 0) {
        signal.values()[12 * t + classes[t]] = 1;
      }
    }
    return signal;
  }
}
