package maestro.affect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.control.Tempo;
import maestro.api.film.TimeLine;
import maestro.api.node.Kinds;
import maestro.api.run.RunContext;

/**
 * When a film strikes: at each cut, and between the cuts on a grid of sixteenths at 120 beats a
 * minute, the more often the more energy it has. At a steady energy the pulses are spread over the
 * grid as evenly as it allows, which is a Euclidean rhythm (Toussaint 2005, "The Euclidean
 * Algorithm Generates Traditional Musical Rhythms"). Not in the paper.
 *
 * <p>Where the run has a tempo, the grid is that of its beats, and pulses fall on half beats,
 * beats, every other beat or every fourth, whichever is nearest to as often as the film wants them.
 *
 * @param density pulses per second at the film's middle energy
 * @param depth doublings of that at the film's greatest energy, and halvings at its least
 * @param tempo of the score, if it has one in particular
 */
public record FilmRhythm(double density, double depth, Optional<Tempo> tempo) {
  private static final String ENERGY = "energy";
  private static final String CUT = "cut";
  private static final double GRID_SECONDS = 0.125;
  private static final double MOST_PER_STEP = 0.5;

  /** Half beats in the longest distance of two pulses in a tempo, as a power of two: four beats. */
  private static final int LONGEST = 3;

  /** Pulses this near a cut make way for it. */
  private static final double CLEAR_SECONDS = 0.1;

  /**
   * One stroke.
   *
   * @param seconds from the beginning of the time line
   * @param cut whether the picture cuts there
   */
  public record Stroke(double seconds, boolean cut) {}

  /** A rhythm in no particular tempo. */
  public FilmRhythm(double density, double depth) {
    this(density, depth, Optional.empty());
  }

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
   * This rhythm in the run's tempo, if it has one, and as often as a composer's notes begin ({@link
   * ComposerStatistics}, figure {@code onsets}, 1 being as often as in all music).
   *
   * @param control whose figures
   * @param composer one of whom the run's pack has no statistics leaves it as it is
   */
  public FilmRhythm of(RunContext run, String control, String composer) {
    double onsets =
        ComposerStatistics.of(
                run, control, composer, figures -> ComposerStatistics.figure(figures, "onsets", 0))
            .orElse(1.0);
    return new FilmRhythm(
        density * onsets, depth, run.input(Kinds.TEMPO.name(), Tempo.class).or(() -> tempo));
  }

  /**
   * The strokes of a film in order of time.
   *
   * @param line with the channels {@code energy} and {@code cut}
   * @param seconds how long
   */
  public List<Stroke> strokes(TimeLine line, double seconds) {
    int cut = line.channels().indexOf(CUT);
    List<Stroke> strokes = new ArrayList<>();
    for (int row = 0; row < line.rows() && row * line.stepSeconds() < seconds; row++) {
      if (line.at(row, cut) >= 0.5) {
        strokes.add(new Stroke(row * line.stepSeconds(), true));
      }
    }
    List<Double> pulses =
        tempo.map(beats -> inTempo(beats, line, seconds)).orElseGet(() -> spread(line, seconds));
    for (double time : pulses) {
      if (!cutNear(line, cut, time)) {
        strokes.add(new Stroke(time, false));
      }
    }
    strokes.sort(Comparator.comparingDouble(Stroke::seconds));
    return strokes;
  }

  /** Pulses on the fixed grid, spread as evenly as it allows. */
  private List<Double> spread(TimeLine line, double seconds) {
    List<Double> pulses = new ArrayList<>();
    double due = 0.5; // so that a still film does not begin with a stroke
    for (int step = 0; step * GRID_SECONDS < seconds; step++) {
      double time = step * GRID_SECONDS;
      due += Math.min(MOST_PER_STEP, wanted(line, time) * GRID_SECONDS);
      if (due >= 1) {
        due--;
        pulses.add(time);
      }
    }
    return pulses;
  }

  /** Pulses on the beats of a tempo. */
  private List<Double> inTempo(Tempo beats, TimeLine line, double seconds) {
    List<Double> pulses = new ArrayList<>();
    double half = beats.beatSeconds() / 2;
    for (long k = (long) Math.ceil(-beats.firstSeconds() / half); ; k++) {
      double time = beats.firstSeconds() + k * half;
      if (time >= seconds) {
        return pulses;
      }
      double apart = Math.log(1 / (wanted(line, time) * half)) / Math.log(2);
      long every = 1L << Math.round(Math.max(0, Math.min(LONGEST, apart)));
      if (apart < Double.POSITIVE_INFINITY && Math.floorMod(k, every) == 0) {
        pulses.add(time);
      }
    }
  }

  /** Pulses per second that the film wants at a time. */
  private double wanted(TimeLine line, double time) {
    int row = (int) Math.min(line.rows() - 1L, (long) (time / line.stepSeconds()));
    return density * Math.pow(2, depth * line.at(row, line.channels().indexOf(ENERGY)));
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
