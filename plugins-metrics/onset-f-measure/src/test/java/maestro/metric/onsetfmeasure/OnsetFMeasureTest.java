package maestro.metric.onsetfmeasure;

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

final class OnsetFMeasureTest extends MetricContract {
  /** Hears an onset in every frame whose first sample is 1. */
  private static final StyleControl ONES =
      new StyleControl() {
        @Override
        public int channels() {
          return 1;
        }

        @Override
        public ControlSignal extract(Sound sound, FrameGrid grid) {
          ControlSignal signal = ControlSignal.zero(grid.frames(), 1);
          for (int t = 0; t < grid.frames() && t * 160 < sound.length(); t++) {
            signal.values()[t] = sound.channels()[0][t * 160] == 1 ? 1 : 0;
          }
          return signal;
        }
      };

  @Override
  protected Metric metric() {
    return new OnsetFMeasure(ONES);
  }

  @Test
  void anOnsetIsTheTopOfABump() {
    ControlSignal curve =
        new ControlSignal(10, 1, new float[] {.5f, 0, .2f, .9f, .2f, .3f, .3f, 0, .1f, .2f});
    assertThat(OnsetFMeasure.onsets(curve, 10)).containsExactly(0, 3, 5, 9);
    assertThat(OnsetFMeasure.onsets(curve, 5)).containsExactly(0, 3);
  }

  @Test
  void pairsWithinFiftyMillisecondsOnce() {
    assertThat(OnsetFMeasure.hits(List.of(10, 50), List.of(15, 44))).isEqualTo(1);
    assertThat(OnsetFMeasure.hits(List.of(10, 12), List.of(11))).isEqualTo(1);
    // nearest first would leave one alone
    assertThat(OnsetFMeasure.hits(List.of(10, 16), List.of(5, 12))).isEqualTo(2);
    assertThat(OnsetFMeasure.hits(List.of(), List.of(1))).isZero();
  }

  @Test
  void isTheMeanOverClips() {
    List<MetricSample> samples =
        List.of(
            sample("a", sound(100, 20, 70), control(100, 20, 70)),
            sample("b", sound(100, 20, 40, 70), control(100, 23)),
            sample("c", sound(100, 20), control(100)));
    Measurement f = metric().summarise(samples, new TestRun()).get(0);
    assertThat(f.value()).isCloseTo((100 + 50) / 2.0, within(1e-9));
    assertThat(f.count()).isEqualTo(2);
    assertThat(f.note()).endsWith("no onset: 1");
  }

  @Test
  void refusesAnItemWithoutTheControl() {
    MetricItem item =
        new MetricItem(
            "x", Sound.mono(new float[10], 16_000), Optional.empty(), Map.of(), Optional.empty());
    assertThatThrownBy(() -> metric().sample(item, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("item x has no onsets control");
  }

  private MetricSample sample(String id, Sound sound, ControlSignal asked) {
    MetricItem item =
        new MetricItem(
            id, sound, Optional.empty(), Map.of("control.onsets", asked), Optional.empty());
    return new MetricSample(id, Optional.empty(), metric().sample(item, new TestRun()));
  }

  private static Sound sound(int frames, int... onsets) {
    float[] samples = new float[frames * 160];
    for (int frame : onsets) {
      samples[frame * 160] = 1;
    }
    return Sound.mono(samples, 16_000);
  }

  private static ControlSignal control(int frames, int... onsets) {
    ControlSignal signal = ControlSignal.zero(frames, 1);
    for (int frame : onsets) {
      signal.values()[frame] = 1;
    }
    return signal;
  }
}
