package maestro.affect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import maestro.affect.FilmRhythm.Stroke;
import maestro.api.control.Tempo;
import maestro.api.film.TimeLine;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class FilmRhythmTest {
  /** 100 beats a minute, the first after 0.25 s. */
  private static final Tempo TEMPO = new Tempo(0.6, 0.25);

  private static TimeLine line(float energy, int seconds, int cutAt) {
    float[] rows = new float[2 * seconds];
    for (int r = 0; r < seconds; r++) {
      rows[2 * r] = energy;
      rows[2 * r + 1] = r == cutAt ? 1 : 0;
    }
    return new TimeLine(1, List.of("energy", "cut"), rows);
  }

  private static List<Double> pulses(FilmRhythm rhythm, float energy) {
    return rhythm.strokes(line(energy, 12, -1), 12).stream().map(Stroke::seconds).toList();
  }

  @Test
  void pulsesFallOnTheBeatsOfATempoAndMoreOftenWithMoreEnergy() {
    FilmRhythm rhythm = new FilmRhythm(1.5, 1, Optional.of(TEMPO));
    assertThat(pulses(rhythm, 0)).hasSize(20).startsWith(0.25);
    for (double pulse : pulses(rhythm, 0)) {
      double beats = (pulse - 0.25) / 0.6;
      assertThat(beats).isCloseTo(Math.rint(beats), within(1e-9));
    }
    assertThat(pulses(rhythm, 1)).as("half beats").hasSize(40);
    assertThat(pulses(rhythm, -1)).as("every other beat").hasSize(10).startsWith(0.25);
  }

  @Test
  void neverMoreOftenThanHalfBeatsOrMoreSeldomThanEveryFourth() {
    assertThat(pulses(new FilmRhythm(4, 4, Optional.of(TEMPO)), 1)).hasSize(40);
    assertThat(pulses(new FilmRhythm(0.1, 4, Optional.of(TEMPO)), -1)).hasSize(5);
    assertThat(pulses(new FilmRhythm(0, 0, Optional.of(TEMPO)), 0)).isEmpty();
  }

  @Test
  void aCutStrikesOffTheBeatAndPulsesMakeWayForIt() {
    FilmRhythm rhythm = new FilmRhythm(1.5, 0, Optional.of(new Tempo(0.5, 0)));
    List<Stroke> strokes = rhythm.strokes(line(0, 12, 7), 12);
    assertThat(strokes).contains(new Stroke(7, true)).doesNotContain(new Stroke(7, false));
    assertThat(strokes).hasSize(24);
  }

  @Test
  void theTempoIsThatOfTheRun() {
    FilmRhythm rhythm = new FilmRhythm(1.5, 1);
    assertThat(rhythm.of(new TestRun(), "control.x", "")).isEqualTo(rhythm);
    assertThat(rhythm.of(new TestRun().with("tempo", TEMPO), "control.x", "").tempo())
        .hasValue(TEMPO);
  }
}
