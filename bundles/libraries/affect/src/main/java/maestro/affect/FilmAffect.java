package maestro.affect;

import java.util.List;
import maestro.api.film.TimeLine;

/**
 * The affect of a piece of film, raw, from the picture statistics of {@code encoder.cinematic}:
 *
 * <ul>
 *   <li>energy: logarithm of one plus the mean motion, cuts left out, plus the cuts per second;
 *   <li>pace: cuts per second plus the deviation of the motion, cuts left out;
 *   <li>brightness: mean light;
 *   <li>warmth: mean warmth;
 *   <li>tension: mean contrast times darkness, plus a quarter of the mean motion.
 * </ul>
 *
 * <p>How these go together with music's figures of the same names is a choice, made by the usual
 * words of film music and not learnt from films: there are none with their music in the corpus.
 */
public final class FilmAffect {
  /** Channels a time line must have. */
  public static final List<String> CHANNELS =
      List.of("light", "contrast", "warmth", "motion", "cut");

  private FilmAffect() {}

  /**
   * The raw figures of some rows of a time line.
   *
   * @param line with the channels of {@link #CHANNELS}
   * @param from first row
   * @param to row after the last; the rows in between are at least one
   * @return in the order of {@link AffectScale#DIMENSIONS}
   */
  public static double[] of(TimeLine line, int from, int to) {
    int[] channel = CHANNELS.stream().mapToInt(line.channels()::indexOf).toArray();
    int rows = to - from;
    double light = 0;
    double warmth = 0;
    double gloom = 0;
    double motion = 0;
    double squares = 0;
    double cuts = 0;
    int moving = 0;
    for (int r = from; r < to; r++) {
      light += line.at(r, channel[0]) / rows;
      gloom += line.at(r, channel[1]) * (1 - line.at(r, channel[0])) / rows;
      warmth += line.at(r, channel[2]) / rows;
      if (line.at(r, channel[4]) >= 0.5) {
        cuts++;
      } else if (r > 0) {
        double moved = line.at(r, channel[3]);
        motion += moved;
        squares += moved * moved;
        moving++;
      }
    }
    double mean = moving == 0 ? 0 : motion / moving;
    double deviation = moving == 0 ? 0 : Math.sqrt(Math.max(0, squares / moving - mean * mean));
    double cutsPerSecond = cuts / (rows * line.stepSeconds());
    return new double[] {
      Math.log1p(mean) + cutsPerSecond, cutsPerSecond + deviation, light, warmth, gloom + mean / 4
    };
  }
}
