package maestro.metric.dynamicscorrelation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
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
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.contracts.FillRule;
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class DynamicsCorrelationTest extends MetricContract {
  /** Hears the magnitude of the first sample of every frame. */
  private static final StyleControl FIRST_SAMPLE =
      new StyleControl() {
        @Override
        public int channels() {
          return 1;
        }

        @Override
        public ControlSignal extract(Sound sound, FrameGrid grid) {
          ControlSignal signal = ControlSignal.zero(grid.frames(), 1);
          for (int t = 0; t < grid.frames() && t * 160 < sound.length(); t++) {
            signal.values()[t] = Math.abs(sound.channels()[0][t * 160]);
          }
          return signal;
        }
      };

  @Override
  protected Metric metric() {
    return new DynamicsCorrelation(FIRST_SAMPLE);
  }

  @Test
  void agreesWithTheReference() {
    double[] a = FillRule.rnd("dyn:a", 50);
    double[] b = FillRule.rnd("dyn:b", 50);
    List<MetricSample> samples = new ArrayList<>();
    for (int clip = 0; clip < 5; clip++) {
      float[] curves = new float[20];
      for (int t = 0; t < 10; t++) {
        int i = 10 * clip + t;
        curves[t] = (float) (a[i] + clip);
        curves[10 + t] = (float) (.5 * a[i] + .5 * b[i] + clip);
      }
      samples.add(sample(FloatTensor.of(curves, 2, 10)));
    }
    List<Measurement> figures = metric().summarise(samples, new TestRun());
    assertThat(figures.get(0).value()).isCloseTo(79.03066450607733, within(1e-5));
    assertThat(figures.get(1).value()).isCloseTo(97.4687960182667, within(1e-5));
  }

  @Test
  void leavesOutClipsThatStandStill() {
    List<MetricSample> samples =
        List.of(
            sample(FloatTensor.of(new float[] {1, 2, 3, 2, 4, 6}, 2, 3)),
            sample(FloatTensor.of(new float[] {5, 5, 5, 1, 2, 3}, 2, 3)));
    List<Measurement> figures = metric().summarise(samples, new TestRun());
    assertThat(figures.get(0).value()).isCloseTo(100, within(1e-9));
    assertThat(figures.get(0).note()).isEqualTo("1 clips of constant level left out");
  }

  @Test
  void comparesOverTheCommonLength() {
    float[] sound = new float[480];
    sound[0] = 0.1f;
    sound[160] = 0.2f;
    sound[320] = 0.3f;
    MetricItem item =
        new MetricItem(
            "a",
            Sound.mono(sound, 16_000),
            Optional.empty(),
            Map.of("control.dynamics", new ControlSignal(4, 1, new float[] {1, 2, 3, 9})),
            Optional.empty());
    FloatTensor curves = metric().sample(item, new TestRun()).get("asked, heard");
    assertThat(curves.values()).containsExactly(1, 2, 3, 0.1f, 0.2f, 0.3f);
  }

  @Test
  void refusesAnItemWithoutTheControl() {
    MetricItem item =
        new MetricItem(
            "x", Sound.mono(new float[10], 16_000), Optional.empty(), Map.of(), Optional.empty());
    assertThatThrownBy(() -> metric().sample(item, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("item x has no dynamics control");
  }

  private static MetricSample sample(FloatTensor curves) {
    return new MetricSample("x", Optional.empty(), NamedTensors.of("asked, heard", curves));
  }
}
