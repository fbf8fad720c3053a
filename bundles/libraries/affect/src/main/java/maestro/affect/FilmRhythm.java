package maestro.affect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.film.TimeLine;
import maestro.api.run.RunContext;

/**
 * When a film strikes: at each cut, and between the cuts on a grid of sixteenths at 120 beats a
 * minute, the more often the more energy it has. At a steady energy the pulses are spread over the
 * grid as evenly as it allows, which is a Euclidean rhythm (Toussaint 2005, "The Euclidean
 * Algorithm Generates Traditional Musical Rhythms"). Not in the paper.
 *
 * @param density pulses per second at the film's middle energy
 * @param depth doublings of that at the film's greatest energy, and halvings at its least
 */
public record FilmRhythm(double density, double depth) {
  private static final String ENERGY = "energy";
  private static final String CUT = "cut";
  private static final double GRID_SECONDS = 0.125;
  private static final double MOST_PER_STEP = 0.5;

  /** Pulses this near a cut make way for it. */
  private static final double CLEAR_SECONDS = 0.1;

  /**
   * One stroke.
   *
   * @param seconds from the beginning of the time line
   * @param cut whether the picture cuts there
   */
  public record Stroke(double seconds, boolean cut) {}

  /**
   * The first time line that tells energy, −1 … 1, and cuts.
   *
   * @param control that asks for it, for the message
   * @throws MaestroException of kind CONFIGURATION when there is none
   */
  public static TimeLine line(Map<String, TimeLine> film, String control) {
    return film.values().stream()
        .filter(one -> one.channels().contains(ENERGY) && one.channels().contains(CUT))
        .findFirst()
        .orElseThrow(
            () ->
                new MaestroException(
                    MaestroException.Kind.CONFIGURATION,
                    control,
                    "no encoder of the recipe tells the film's energy and cuts over time",
                    "add encoder.affect, or set filmDensity to 0"));
  }

  /**
   * This rhythm as often as a composer's notes begin ({@link Manner}, figure {@code onsets}, 1
   * being as often as in all music).
   *
   * @param control whose figures
   * @param composer one whose manner the run's pack does not know leaves it as it is
   */
  public FilmRhythm of(RunContext run, String control, String composer) {
    return Manner.of(run, control, composer, figures -> Manner.figure(figures, "onsets", 0))
        .map(onsets -> new FilmRhythm(density * onsets, depth))
        .orElse(this);
  }

  /**
   * The strokes of a film in order of time.
   *
   * @param line with the channels {@code energy} and {@code cut}
   * @param seconds how long
   */
  public List<Stroke> strokes(TimeLine line, double seconds) {
    int energy = line.channels().indexOf(ENERGY);
    int cut = line.channels().indexOf(CUT);
    List<Stroke> strokes = new ArrayList<>();
    for (int row = 0; row < line.rows() && row * line.stepSeconds() < seconds; row++) {
      if (line.at(row, cut) >= 0.5) {
        strokes.add(new Stroke(row * line.stepSeconds(), true));
      }
    }
    double due = 0.5; // so that a still film does not begin with a stroke
    for (int step = 0; step * GRID_SECONDS < seconds; step++) {
      double time = step * GRID_SECONDS;
      int row = (int) Math.min(line.rows() - 1L, (long) (time / line.stepSeconds()));
      double wanted = density * Math.pow(2, depth * line.at(row, energy));
      due += Math.min(MOST_PER_STEP, wanted * GRID_SECONDS);
      if (due >= 1) {
        due--;
        if (!cutNear(line, cut, time)) {
          strokes.add(new Stroke(time, false));
        }
      }
    }
    strokes.sort(Comparator.comparingDouble(Stroke::seconds));
    return strokes;
  }

  private static boolean cutNear(TimeLine line, int cut, double seconds) {
    int from = (int) Math.max(0, Math.ceil((seconds - CLEAR_SECONDS) / line.stepSeconds()));
    double to = Math.min(line.rows() - 1, (seconds + CLEAR_SECONDS) / line.stepSeconds());
    for (int row = from; row <= to; row++) {
      if (line.at(row, cut) >= 0.5) {
        return true;
      }
    }
    return false;
  }
}
