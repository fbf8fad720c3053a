package maestro.encoder.cinematic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.contracts.TestRun;
import maestro.contracts.VisualEncoderContract;
import org.junit.jupiter.api.Test;

class CinematicEncoderTest extends VisualEncoderContract {
  private static final int WIDTH = 128;
  private static final int HEIGHT = 72;
  private static final double RATE = 24;

  @Override
  protected VisualEncoder encoder() {
    return new CinematicEncoder(RATE);
  }

  @Test
  void measuresAPlainOrangeFilmByTheFormulas() {
    FilmFeature feature = encode(film(48, (t, x, y) -> new int[] {204, 102, 51}));
    double luma = (0.2126 * 204 + 0.7152 * 102 + 0.0722 * 51) / 255;
    double colour = 0.3 * Math.hypot(102, 102) / 255;
    TimeLine line = feature.timeLine().orElseThrow();
    assertThat(line.rows()).isEqualTo(48);
    assertThat(line.stepSeconds()).isEqualTo(1 / RATE);
    float[] row = {
      line.at(5, 0), line.at(5, 1), line.at(5, 2), line.at(5, 3), line.at(5, 4), line.at(5, 5)
    };
    assertThat(row)
        .containsExactly(
            new float[] {(float) luma, 0, (float) colour, 153 / 255f, 0, 0}, within(1e-5f));
    assertThat(feature.vector()[0]).isCloseTo((float) luma, within(1e-5f));
    assertThat(feature.vector()[30]).isZero();
    assertThat(feature.vector()[31]).isCloseTo((float) Math.log(3), within(1e-6f));
  }

  @Test
  void measuresContrastAndDetailOfAStripedPicture() {
    FilmFeature feature = encode(film(4, (t, x, y) -> grey(x / 4 % 2 == 0 ? 0 : 255)));
    TimeLine line = feature.timeLine().orElseThrow();
    assertThat(line.at(0, 1)).isCloseTo(0.5f, within(1e-5f));
    assertThat(line.at(0, 5)).isCloseTo(31 / 127f, within(1e-5f));
  }

  @Test
  void measuresMotionPerSecondAtAnyRate() {
    // Brightens by 2 of 255 a frame, so by 48 of 255 a second.
    FilmFeature feature = encode(film(24, (t, x, y) -> grey(2 * t)));
    assertThat(feature.vector()[20]).isCloseTo(48 / 255f, within(1e-4f));
    assertThat(feature.vector()[21]).isCloseTo(0, within(1e-4f));
  }

  @Test
  void saysWhichHalfIsBrighter() {
    FilmFeature feature = encode(film(48, (t, x, y) -> grey(t < 24 ? 51 : 102)));
    assertThat(feature.vector()[4]).isCloseTo(0.2f, within(1e-5f));
  }

  @Test
  void findsCutsAndNothingElse() {
    // Four scenes with a slow pan inside each; the last one fades to black.
    Shot[] scenes = {
      (t, x, y) -> grey(2 * x - t & 0xFF),
      (t, x, y) -> new int[] {y * 3, 40, 200 - x},
      (t, x, y) -> grey(x * y / 36 + t & 0xFF),
      (t, x, y) -> grey(Math.max(0, (255 - 3 * y) * Math.max(0, 47 - t) / 47))
    };
    FilmFeature feature = encode(film(4 * 48, (t, x, y) -> scenes[t / 48].at(t % 48, x, y)));
    assertThat(cuts(feature)).containsExactly(48, 96, 144);
    assertThat(feature.vector()[30]).isCloseTo(3 / 8f, within(1e-6f));
    assertThat(feature.vector()[31]).isCloseTo((float) Math.log(3), within(1e-6f));
  }

  @Test
  void aDissolveOfASecondIsNoCut() {
    FilmFeature feature =
        encode(
            film(
                96,
                (t, x, y) -> {
                  int mix = Math.max(0, Math.min(24, t - 36));
                  return grey(((2 * x) * (24 - mix) + (255 - 3 * y) * mix) / 24);
                }));
    assertThat(cuts(feature)).isEmpty();
  }

  @Test
  void restlessMovementIsNoCut() {
    FilmFeature feature = encode(film(96, (t, x, y) -> grey((x * 7 + y * 3 + t * 61) * 5 & 0xFF)));
    assertThat(cuts(feature)).isEmpty();
  }

  private static List<Integer> cuts(FilmFeature feature) {
    TimeLine line = feature.timeLine().orElseThrow();
    assertThat(line.channels().get(6)).isEqualTo("cut");
    List<Integer> rows = new ArrayList<>();
    for (int r = 0; r < line.rows(); r++) {
      if (line.at(r, 6) == 1) {
        rows.add(r);
      }
    }
    return rows;
  }

  private static int[] grey(int level) {
    return new int[] {level, level, level};
  }

  private FilmFeature encode(Deque<Frame> frames) {
    FilmClip clip =
        new FilmClip(Path.of("film.mp4"), "00", WIDTH, HEIGHT, RATE, frames.size() / RATE, false);
    return encoder().encode(clip, frames::poll, new TestRun());
  }

  private static Deque<Frame> film(int count, Shot shot) {
    Deque<Frame> frames = new ArrayDeque<>();
    for (int t = 0; t < count; t++) {
      byte[] rgb = new byte[3 * WIDTH * HEIGHT];
      for (int p = 0; p < WIDTH * HEIGHT; p++) {
        int[] colour = shot.at(t, p % WIDTH, p / WIDTH);
        for (int c = 0; c < 3; c++) {
          rgb[3 * p + c] = (byte) colour[c];
        }
      }
      frames.add(new Frame(t / RATE, WIDTH, HEIGHT, rgb));
    }
    return frames;
  }

  /** A picture by time, column and row. */
  private interface Shot {
    int[] at(int t, int x, int y);
  }
}
