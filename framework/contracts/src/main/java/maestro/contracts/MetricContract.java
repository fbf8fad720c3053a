package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmFeature;
import maestro.api.film.TimeLine;
import maestro.api.metric.CorpusMetric;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.pack.ModelPack;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import org.junit.jupiter.api.Test;

/** What a host expects of every {@link Metric}. Extend it and return your metric. */
public abstract class MetricContract {
  /** The metric under test. */
  protected abstract Metric metric();

  /** The pack a metric with weights reads from; null for one without. */
  protected ModelPack pack() {
    return null;
  }

  /** How long an item is; a metric of longer passages wants more. */
  protected int seconds() {
    return 2;
  }

  /** How many items the test makes; a metric of distributions may want more. */
  protected int items() {
    return 4;
  }

  /**
   * The controls an item was made with, by the plugins' names: 200 frames each. A metric of another
   * control names it here.
   *
   * @param index of the item; no two have the same
   */
  protected Map<String, ControlSignal> controls(int index) {
    float[] melody = new float[200 * 12];
    float[] dynamics = new float[200];
    float[] onsets = new float[200];
    for (int t = 0; t < 200; t++) {
      melody[t * 12 + (t / 20 + index) % 12] = 1;
      onsets[t] = t % (25 + index) == 0 ? 1 : 0;
      dynamics[t] = (float) (20 + 10 * Math.sin(t * 0.1 + index));
    }
    Map<String, ControlSignal> controls = new HashMap<>();
    controls.put("control.melody", new ControlSignal(200, 12, melody));
    controls.put("control.dynamics", new ControlSignal(200, 1, dynamics));
    controls.put("control.onsets", new ControlSignal(200, 1, onsets));
    return controls;
  }

  @Test
  void measuresWhatItAnnounced() {
    List<Measurement> found = evaluate(false);
    List<Measure> announced = metric().measures();
    assertThat(announced).isNotEmpty();
    assertThat(found).hasSizeGreaterThanOrEqualTo(announced.size());
    for (int i = 0; i < announced.size(); i++) {
      assertThat(found.get(i).measure()).isEqualTo(announced.get(i));
      assertThat(found.get(i).count()).isPositive();
    }
  }

  @Test
  void saysTheSameTwice() {
    assertThat(evaluate(false)).isEqualTo(evaluate(false));
  }

  @Test
  void anEmptySetGivesNoFigureWithoutAReason() {
    for (Measurement measurement : metric().summarise(List.of(), run())) {
      assertThat(measurement.count()).isZero();
      assertThat(measurement.value()).isNaN();
      assertThat(measurement.note()).isNotBlank();
    }
  }

  @Test
  void silenceGivesAFigureOrAReason() {
    for (Measurement measurement : evaluate(true)) {
      if (!Double.isFinite(measurement.value())) {
        assertThat(measurement.note()).isNotBlank();
      }
    }
  }

  @Test
  void aBootstrapMayTakeAnItemTwice() {
    MetricSample once = sample(0, false);
    assertThat(metric().summarise(List.of(once, once, sample(1, false)), run()))
        .hasSizeGreaterThanOrEqualTo(metric().measures().size());
  }

  private List<Measurement> evaluate(boolean silent) {
    List<MetricSample> samples = new ArrayList<>();
    for (int i = 0; i < items(); i++) {
      samples.add(sample(i, silent));
    }
    return metric().summarise(samples, run());
  }

  private MetricSample sample(int index, boolean silent) {
    MetricItem item = item(index, silent);
    return new MetricSample(item.id(), item.style(), metric().sample(item, run()));
  }

  private TestRun run() {
    return new TestRun(7, pack());
  }

  /**
   * An item with everything a metric may ask for: pulses, a reference, controls, a style, a film,
   * and its reference as corpus.
   */
  private MetricItem item(int index, boolean silent) {
    int length = 16_000 * seconds();
    float[] generated = new float[length];
    float[] reference = new float[length];
    float[] noise = new Noise(index).gaussian("item", length);
    if (!silent) {
      for (int n = 0; n < length; n++) {
        double beat = Math.exp(-(n % (4_000 + 500 * index)) / 900.0);
        generated[n] = (float) (0.6 * beat * Math.sin(n * (0.1 + 0.02 * index)) + 0.01 * noise[n]);
        reference[n] =
            (float) (0.5 * Math.exp(-(n % 5_000) / 800.0) * Math.sin(n * 0.15) + 0.01 * noise[n]);
      }
    }
    Sound real = Sound.mono(reference, 16_000);
    return new MetricItem(
        "item-" + index,
        Sound.mono(generated, 16_000),
        Optional.of(real),
        controls(index),
        Optional.of(index % 2 == 0 ? "even" : "odd"),
        Optional.of(encoder -> film(index)),
        metric() instanceof CorpusMetric corpus
            ? List.of(new MetricSample("piece", Optional.empty(), corpus.listen(real, run())))
            : List.of());
  }

  /** As encoder.cinematic sees it: more and more motion, a cut every two seconds. */
  private FilmFeature film(int index) {
    List<String> channels =
        List.of("light", "contrast", "colour", "warmth", "motion", "detail", "cut");
    float[] rows = new float[24 * seconds() * channels.size()];
    for (int r = 0; r < 24 * seconds(); r++) {
      rows[r * channels.size() + 4] = (float) (1 + 0.01 * r + Math.sin(0.1 * r + index));
      rows[r * channels.size() + 6] = r % 48 == 24 ? 1 : 0;
    }
    return new FilmFeature(new float[1], Optional.of(new TimeLine(1 / 24.0, channels, rows)));
  }
}
