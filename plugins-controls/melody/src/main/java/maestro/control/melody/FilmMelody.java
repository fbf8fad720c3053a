package maestro.control.melody;

import java.util.List;
import maestro.affect.FilmRhythm;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.film.TimeLine;
import maestro.api.run.Noise;

/**
 * A melody for a film that brings none: a walk over the scale of a key, on the film's strokes. Not
 * in the paper.
 *
 * <p>The tonic is drawn from the seed and moved along the circle of fifths, by three upwards for
 * the brightest film and by three downwards for the darkest, so that with one seed not all films
 * are in one key. The key is major where the film is on the whole more warm than tense ({@code
 * encoder.affect}), else minor. The walk begins on the tonic; at a cut, and at every other stroke
 * of {@link FilmRhythm} by a throw of the seed, it goes to another note of the scale, with a
 * probability in proportion to the note's rating in the key (Krumhansl and Kessler 1982, the
 * probe-tone profiles) and to e^(−d/2), d semitones away by the shorter way round.
 */
final class FilmMelody {
  private static final int CLASSES = 12;

  /** Ratings of the notes of the scale above the tonic; 0 outside the scale, natural in minor. */
  private static final double[] MAJOR = {6.35, 0, 3.48, 0, 4.38, 4.09, 0, 5.19, 0, 3.66, 0, 2.88};

  private static final double[] MINOR = {6.33, 0, 3.52, 5.38, 0, 3.53, 0, 4.75, 3.98, 0, 3.34, 0};

  private static final int FIFTHS = 3;
  private static final double LEAP = 2;
  private static final double CHANGE = 0.5;

  private final FilmRhythm rhythm;

  FilmMelody(FilmRhythm rhythm) {
    this.rhythm = rhythm;
  }

  /**
   * Writes the melody.
   *
   * @param line a film's energy, cuts, and where it has them brightness, warmth and tension
   * @return {@code [frames, 12]}, one-hot in every frame
   */
  ControlSignal write(TimeLine line, FrameGrid grid, Noise noise) {
    double seconds = (double) grid.samples() / grid.sampleRateHz();
    List<FilmRhythm.Stroke> strokes = rhythm.strokes(line, seconds);
    double[] throwOf = noise.uniform("melody", 1 + 2 * strokes.size());
    int fifths = (int) Math.round(FIFTHS * mean(line, "brightness"));
    int tonic = Math.floorMod((int) (throwOf[0] * CLASSES) + 7 * fifths, CLASSES);
    double[] key = mean(line, "warmth") >= mean(line, "tension") ? MAJOR : MINOR;
    ControlSignal melody = ControlSignal.zero(grid.frames(), CLASSES);
    int degree = 0;
    int from = 0;
    for (int s = 0; s < strokes.size(); s++) {
      FilmRhythm.Stroke stroke = strokes.get(s);
      int until = (int) Math.round(stroke.seconds() * grid.sampleRateHz() / grid.hopSamples());
      if (until > 0 && (stroke.cut() || throwOf[1 + 2 * s] < CHANGE)) {
        hold(melody, (tonic + degree) % CLASSES, from, until);
        from = until;
        degree = next(key, degree, throwOf[2 + 2 * s]);
      }
    }
    hold(melody, (tonic + degree) % CLASSES, from, grid.frames());
    return melody;
  }

  private static void hold(ControlSignal melody, int pitchClass, int from, int until) {
    for (int t = from; t < Math.min(until, melody.frames()); t++) {
      melody.values()[t * CLASSES + pitchClass] = 1;
    }
  }

  /** Another note, semitones above the tonic. */
  private static int next(double[] key, int degree, double at) {
    double[] weights = new double[CLASSES];
    double sum = 0;
    for (int note = 0; note < CLASSES; note++) {
      int up = Math.floorMod(note - degree, CLASSES);
      int distance = Math.min(up, CLASSES - up);
      weights[note] = distance == 0 ? 0 : key[note] * Math.exp(-distance / LEAP);
      sum += weights[note];
    }
    double left = at * sum;
    int note = 0;
    while (note < CLASSES - 1 && left >= weights[note]) {
      left -= weights[note++];
    }
    return note;
  }

  private static double mean(TimeLine line, String name) {
    int channel = line.channels().indexOf(name);
    double sum = 0;
    for (int row = 0; channel >= 0 && row < line.rows(); row++) {
      sum += line.at(row, channel) / line.rows();
    }
    return sum;
  }
}
