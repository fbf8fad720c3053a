package maestro.control.melody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maestro.affect.FilmRhythm;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.film.TimeLine;
import maestro.api.run.Noise;
import org.junit.jupiter.api.Test;

class FilmMelodyTest {
  private static final FilmRhythm RHYTHM = new FilmRhythm(2, 0);
  private static final List<Integer> MAJOR = List.of(0, 2, 4, 5, 7, 9, 11);
  private static final List<Integer> NATURAL_MINOR = List.of(0, 2, 3, 5, 7, 8, 10);

  /** Steady energy, no cut but those given, ten rows a second. */
  private static TimeLine film(int seconds, float warmth, float tension, int... cutRows) {
    float[] rows = new float[seconds * 10 * 4];
    for (int r = 0; r < seconds * 10; r++) {
      rows[4 * r + 2] = warmth;
      rows[4 * r + 3] = tension;
    }
    for (int row : cutRows) {
      rows[4 * row + 1] = 1;
    }
    return new TimeLine(0.1, List.of("energy", "cut", "warmth", "tension"), rows);
  }

  private static List<Integer> melody(TimeLine line, int seconds, long seed) {
    ControlSignal melody =
        new FilmMelody(RHYTHM)
            .write(line, FrameGrid.PAPER.withFrames(seconds * 100), new Noise(seed));
    for (int t = 0; t < melody.frames(); t++) {
      float sum = 0;
      for (int c = 0; c < 12; c++) {
        sum += melody.at(t, c);
      }
      assertThat(sum).isEqualTo(1);
    }
    return IntStream.range(0, melody.frames()).mapToObj(melody::argmax).toList();
  }

  /** Notes above the first, which is the tonic. */
  private static Set<Integer> degrees(List<Integer> melody) {
    return melody.stream()
        .map(note -> Math.floorMod(note - melody.get(0), 12))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void aWarmFilmIsInMajorAndATenseOneInMinor() {
    assertThat(degrees(melody(film(600, 0.5f, 0), 600, 7))).containsExactlyElementsOf(MAJOR);
    assertThat(degrees(melody(film(600, 0, 0.5f), 600, 7)))
        .containsExactlyElementsOf(NATURAL_MINOR);
  }

  @Test
  void theSeedDecides() {
    TimeLine line = film(20, 0, 0, 0); // a first picture is no change
    assertThat(melody(line, 20, 7))
        .isEqualTo(melody(line, 20, 7))
        .isNotEqualTo(melody(line, 20, 8));
    Set<Integer> tonics = new TreeSet<>();
    for (long seed = 0; seed < 100; seed++) {
      tonics.add(melody(line, 1, seed).get(0));
    }
    assertThat(melody(line, 20, 7).get(0))
        .isEqualTo((int) (12 * new Noise(7).uniform("melody", 1)[0]));
    assertThat(tonics).hasSize(12);
  }

  @Test
  void aBrighterFilmLiesFurtherUpTheCircleOfFifths() {
    int middle = melody(lit(0), 4, 7).get(0);
    assertThat(melody(lit(1), 4, 7).get(0)).isEqualTo((middle + 3 * 7) % 12);
    assertThat(melody(lit(-0.3f), 4, 7).get(0)).isEqualTo((middle + 5) % 12);
  }

  private static TimeLine lit(float brightness) {
    float[] rows = new float[4 * 3];
    for (int r = 0; r < 4; r++) {
      rows[3 * r + 2] = brightness;
    }
    return new TimeLine(1, List.of("energy", "cut", "brightness"), rows);
  }

  @Test
  void notesChangeOnStrokesAndAtEveryCut() {
    TimeLine line = film(60, 0, 0, 123, 301, 302, 444);
    Set<Integer> strokes =
        RHYTHM.strokes(line, 60).stream()
            .map(stroke -> (int) Math.round(stroke.seconds() * 100))
            .collect(Collectors.toSet());
    List<Integer> melody = melody(line, 60, 7);
    List<Integer> changes = new ArrayList<>();
    for (int t = 1; t < melody.size(); t++) {
      if (!melody.get(t).equals(melody.get(t - 1))) {
        changes.add(t);
      }
    }
    assertThat(strokes).containsAll(changes);
    assertThat(changes).contains(1230, 3010, 3020, 4440);
    assertThat(changes).hasSizeBetween(strokes.size() / 3, strokes.size() * 2 / 3);
  }

  @Test
  void theNotesOfTheTriadAreHeardMostAndStepsMoreThanLeaps() {
    List<Integer> melody = melody(film(6000, 1, 0), 6000, 3);
    int[] frames = new int[12];
    int[] moves = new int[12];
    for (int t = 0; t < melody.size(); t++) {
      frames[Math.floorMod(melody.get(t) - melody.get(0), 12)]++;
      if (t > 0) {
        int up = Math.floorMod(melody.get(t) - melody.get(t - 1), 12);
        moves[Math.min(up, 12 - up)]++;
      }
    }
    assertThat(frames[0]).isGreaterThan(frames[2]).isGreaterThan(frames[11]);
    assertThat(frames[4]).isGreaterThan(frames[2]);
    assertThat(frames[7]).isGreaterThan(frames[9]);
    assertThat(moves[2]).isGreaterThan(moves[5]);
  }

  @Test
  void isDrawnOnlyWhereAskedFor() {
    assertThat(new Melody("musiccontrolnet").drawsFromFilm()).isFalse();
    Melody drawn = new Melody("musiccontrolnet", RHYTHM, "", false);
    assertThat(drawn.drawsFromFilm()).isTrue();
    TimeLine other = new TimeLine(1, List.of("energy"), new float[] {1});
    assertThatThrownBy(() -> drawn.draw(Map.of("encoder.x", other), FrameGrid.PAPER, null))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("encoder.affect");
  }
}
