package maestro.metric.rhythm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
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

/** Numbers of librosa. */
final class RhythmScoresTest extends MetricContract {
  @Override
  protected Metric metric() {
    return new RhythmScores("loris", "reflect");
  }

  @Test
  void countsLibrosasOnsetsBySeconds() {
    assertThat(new RhythmScores("loris", "reflect").beats(FillRule.onsetBursts()))
        .containsExactly(true, true, false, true, true);
  }

  @Test
  void countsTheBeatsOfAPair() {
    assertThat(value(List.of(sample(4, 3, 2)), metric(), "BCS")).isCloseTo(200 / 3.0, within(1e-9));
    assertThat(value(List.of(sample(4, 3, 2)), metric(), "BHS")).isEqualTo(50);
    Metric d2m = new RhythmScores("d2m", "reflect");
    assertThat(value(List.of(sample(3, 4, 2)), d2m, "BCS")).isCloseTo(400 / 3.0, within(1e-9));
  }

  @Test
  void summarisesASet() {
    List<MetricSample> samples = List.of(sample(4, 2, 2), sample(4, 4, 2), sample(5, 0, 0));
    assertThat(value(samples, metric(), "BCS")).isCloseTo(50, within(1e-9));
    assertThat(value(samples, metric(), "BHS")).isCloseTo(100 / 3.0, within(1e-9));
    assertThat(value(samples, metric(), "F1")).isCloseTo(40, within(1e-9));
    assertThat(value(samples, metric(), "CSD")).isCloseTo(50, within(1e-9));
    assertThat(value(samples, metric(), "mean of F1"))
        .isCloseTo((200 / 3.0 + 50) / 3, within(1e-9));
    Measurement alone = metric().summarise(samples.subList(0, 1), new TestRun()).get(3);
    assertThat(alone.value()).isNaN();
    assertThat(alone.note()).contains("needs 2 clips");
  }

  @Test
  void aScoreMatchesItself() {
    Sound sound = Sound.mono(FillRule.onsetBursts(), 22_050);
    MetricItem item = new MetricItem("a", sound, Optional.of(sound), Map.of(), Optional.empty());
    NamedTensors counts = metric().sample(item, new TestRun());
    assertThat(counts.get("total, cover, hits").values()).containsExactly(4, 4, 4);
  }

  @Test
  void refusesWhatItCannotJudge() {
    MetricItem item =
        new MetricItem(
            "lonely",
            Sound.mono(FillRule.onsetBursts(), 22_050),
            Optional.empty(),
            Map.of(),
            Optional.empty());
    assertThatThrownBy(() -> metric().sample(item, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("item lonely has no reference");
    assertThatThrownBy(() -> new RhythmScores("bar", "reflect")).hasMessageContaining("'bar'");
    assertThatThrownBy(() -> new RhythmScores("d2m", "wrap")).hasMessageContaining("'wrap'");
  }

  private static double value(List<MetricSample> samples, Metric metric, String name) {
    return metric.summarise(samples, new TestRun()).stream()
        .filter(m -> m.measure().name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }

  private static MetricSample sample(float total, float cover, float hits) {
    FloatTensor counts = FloatTensor.of(new float[] {total, cover, hits}, 3);
    return new MetricSample("x", Optional.empty(), NamedTensors.of("total, cover, hits", counts));
  }
}
