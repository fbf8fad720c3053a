package maestro.metric.filmcorrelation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.film.FilmFeature;
import maestro.api.film.TimeLine;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.metric.ScoredFilm;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.contracts.FillRule;
import maestro.contracts.MetricContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

/** Numbers of scipy and librosa. */
final class FilmCorrelationTest extends MetricContract {
  private static final List<String> CHANNELS =
      List.of("light", "contrast", "warmth", "motion", "cut");

  @Override
  protected Metric metric() {
    return new FilmCorrelation("encoder.cinematic");
  }

  @Override
  protected int seconds() {
    return 10;
  }

  /** scipy.stats.spearmanr; both rows have values that are equal. */
  @Test
  void agreesWithTheReference() {
    MetricSample a =
        sample(
            "a",
            new float[] {.1f, .5f, .5f, .2f, .9f, .9f, .3f, .1f, .7f, .5f},
            new float[] {-30, -20, -25, -30, -12, -15, -30, -22, -18, -20},
            new float[] {0, 2, 1, 1, 4, 3, 2, 0, 3, 3});
    MetricSample b =
        sample(
            "b",
            new float[] {1, 2, 3, 4, 5, 6, 7, 8},
            new float[] {3, 1, 4, 1, 5, 9, 2, 6},
            new float[] {0, 0, 1, 1, 0, 0, 1, 1});
    List<Measurement> figures = metric().summarise(List.of(a, b), new TestRun());
    double[] expected = {
      (0.8589383896605766 + 0.5030030300035688) / 2,
      (0.9022126910156117 + 0.4364357804719847) / 2,
      0.8589383896605766,
      0.5030030300035688,
      0.9022126910156117,
      0.4364357804719847
    };
    assertThat(figures).hasSize(6);
    for (int i = 0; i < 6; i++) {
      assertThat(figures.get(i).value()).isCloseTo(expected[i], within(1e-9));
    }
    assertThat(figures.get(0).count()).isEqualTo(2);
    assertThat(figures.get(3).measure().name()).isEqualTo("loudness correlation of b");
    assertThat(figures.get(3).count()).isEqualTo(8);
  }

  @Test
  void whatStandsStillHasNoRank() {
    float[] up = {1, 2, 3, 4, 5, 6, 7, 8};
    float[] still = new float[8];
    MetricSample moving = sample("a", up, up, up);
    MetricSample quiet = sample("b", up, still, still);
    MetricSample frozen = sample("c", still, up, up);
    List<Measurement> figures = metric().summarise(List.of(moving, quiet, frozen), new TestRun());
    assertThat(figures.get(0).value()).isEqualTo(1);
    assertThat(figures.get(0).count()).isEqualTo(1);
    assertThat(figures.get(0).note()).contains("2 left out: the film's energy does not change");
    assertThat(figures.get(3).note()).isEqualTo("the score's loudness does not change over 8 s");
    Measurement none = metric().summarise(List.of(quiet), new TestRun()).get(1);
    assertThat(none.value()).isNaN();
    assertThat(none.note()).isEqualTo("the score's onset density does not change over 8 s");
  }

  @Test
  void watchesAndListensSecondBySecond() {
    float[] samples = Arrays.copyOf(FillRule.onsetBursts(), 10 * 22_050);
    for (int n = 6 * 22_050; n < 7 * 22_050; n++) {
      samples[n] = n % 2 == 0 ? 0.1f : -0.1f;
    }
    FloatTensor curves =
        metric()
            .sample(item(Sound.mono(samples, 22_050), film(20)), new TestRun())
            .get("energy, loudness, onsets");
    assertThat(curves.shape()).containsExactly(3, 10);
    // Row r has motion r, row 6 is a cut; the first row has no motion to tell.
    assertThat(curves.values()[0]).isCloseTo((float) Math.log1p(1.5), within(1e-6f));
    assertThat(curves.values()[3]).isCloseTo((float) Math.log1p(20 / 3.0) + 0.5f, within(1e-6f));
    assertThat(curves.values()[9]).isCloseTo((float) Math.log1p(18), within(1e-6f));
    assertThat(curves.values()[16]).isCloseTo(-20, within(1e-4f));
    assertThat(curves.values()[19]).isEqualTo(-90);
    // librosa 0.11 finds frames 22, 55, 82, 134, 145 and 190 in the first five seconds.
    assertThat(Arrays.copyOfRange(curves.values(), 20, 25)).containsExactly(2, 3, 3, 3, 1);
  }

  @Test
  void refusesWhatItCannotJudge() {
    Sound sound = Sound.mono(new float[160_000], 16_000);
    MetricItem blind = new MetricItem("x", sound, Optional.empty(), Map.of(), Optional.empty());
    assertThatThrownBy(() -> metric().sample(blind, new TestRun()))
        .hasMessageContaining("item x has no film; give the one it was scored for");
    assertThatThrownBy(() -> metric().sample(item(sound, film(14)), new TestRun()))
        .hasMessageContaining("item x lasts 7 s with its film, too few to rank");
    assertThatThrownBy(
            () -> metric().sample(item(sound, encoder -> FilmFeature.of(1)), new TestRun()))
        .hasMessageContaining("encoder.cinematic does not tell motion and cuts over time");
  }

  private static MetricItem item(Sound sound, ScoredFilm film) {
    return new MetricItem(
        "x", sound, Optional.empty(), Map.of(), Optional.empty(), Optional.of(film), List.of());
  }

  /** Two rows a second. */
  private static ScoredFilm film(int rows) {
    float[] values = new float[rows * CHANNELS.size()];
    for (int r = 0; r < rows; r++) {
      values[r * CHANNELS.size() + 3] = r == 6 ? 99 : r;
      values[r * CHANNELS.size() + 4] = r == 6 ? 1 : 0;
    }
    return encoder ->
        new FilmFeature(new float[1], Optional.of(new TimeLine(0.5, CHANNELS, values)));
  }

  private static MetricSample sample(String id, float[]... curves) {
    float[] values = new float[3 * curves[0].length];
    for (int k = 0; k < 3; k++) {
      System.arraycopy(curves[k], 0, values, k * curves[0].length, curves[0].length);
    }
    return new MetricSample(
        id,
        Optional.empty(),
        NamedTensors.of("energy, loudness, onsets", FloatTensor.of(values, 3, curves[0].length)));
  }
}
