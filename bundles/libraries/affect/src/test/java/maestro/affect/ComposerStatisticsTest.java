package maestro.affect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.film.TimeLine;
import maestro.api.pack.PackPart;
import maestro.api.run.RunContext;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

class ComposerStatisticsTest {
  private static RunContext knowing(Object figures) {
    Map<String, Object> known = ComposerStatistics.toJson(Map.of("satie", figures));
    return new TestRun(7, TestPack.of(new PackPart("control.x", null, "", known)));
  }

  private static Optional<Double> onsets(RunContext run, String plugin, String composer) {
    return ComposerStatistics.of(
        run, plugin, composer, figures -> ComposerStatistics.figure(figures, "onsets", 0));
  }

  @Test
  void onlyTheComposerOfThePluginsOwnPartIsKnown() {
    RunContext run = knowing(Map.of("onsets", 0.5));
    assertThat(onsets(run, "control.x", "satie")).hasValue(0.5);
    assertThat(onsets(run, "control.x", "ravel")).isEmpty();
    assertThat(onsets(run, "control.x", "")).isEmpty();
    assertThat(onsets(run, "control.y", "satie")).isEmpty();
    assertThat(onsets(new TestRun(7, null), "control.x", "satie")).isEmpty();
  }

  @Test
  void figuresThatCannotBeReadAreRefusedByName() {
    for (Object damaged :
        List.of(
            "much",
            List.of(1),
            Map.of(),
            Map.of("onsets", "many"),
            Map.of("onsets", -0.1),
            Map.of("onsets", Double.NaN))) {
      assertThatThrownBy(() -> onsets(knowing(damaged), "control.x", "satie"))
          .isInstanceOf(MaestroException.class)
          .hasMessageStartingWith("pack test: what it says of satie under control.x cannot be read")
          .hasMessageContaining("maestro train composer-statistics");
    }
  }

  @Test
  void scalesThatAreNoneAreRefused() {
    Map<String, Object> empty = new HashMap<>();
    AffectScale.DIMENSIONS.forEach(name -> empty.put(name, List.of()));
    assertThatThrownBy(
            () -> ComposerStatistics.of(knowing(empty), "control.x", "satie", AffectScale::of))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("cannot be read");
    RunContext list =
        new TestRun(
            7,
            TestPack.of(
                new PackPart("control.x", null, "", Map.of("composers", List.of("satie")))));
    assertThatThrownBy(() -> onsets(list, "control.x", "satie"))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void aComposerOfFewNotesGetsFewStrokes() {
    TimeLine still = new TimeLine(1, List.of("energy", "cut"), new float[2 * 100]);
    FilmRhythm rhythm = new FilmRhythm(2, 2);
    RunContext run = knowing(Map.of("onsets", 0.25));
    assertThat(rhythm.of(run, "control.x", "satie").strokes(still, 100)).hasSize(50);
    assertThat(rhythm.of(run, "control.x", "").strokes(still, 100)).hasSize(200);
  }

  @Test
  void aScaleFindsTheFiguresOfARankAgain() {
    AffectScale scale =
        AffectScale.of(
            List.of(
                new double[] {0, -5, 0.1, 7, 0},
                new double[] {1, -4, 0.2, 7, 0},
                new double[] {4, -3, 0.3, 7, 1}),
            3);
    assertThat(scale.quantiles()[0]).containsExactly(0, 1, 4);
    assertThat(scale.at(new float[] {-1, 0, 1, 0.3f, -2}))
        .containsExactly(new float[] {0, -4, 0.3f, 7, 0}, within(1e-6f));
    assertThat(scale.at(scale.rank(new double[] {2.5, -4.5, 0.15, 7, 0.5})))
        .containsExactly(new float[] {2.5f, -4.5f, 0.15f, 7, 0.5f}, within(1e-6f));
    assertThat(AffectScale.of((Map<?, ?>) scale.toJson()).quantiles())
        .isDeepEqualTo(scale.quantiles());
  }
}
