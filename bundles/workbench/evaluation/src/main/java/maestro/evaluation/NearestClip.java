package maestro.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.dataset.Clip;

/**
 * Finds the training clip whose picture is nearest to that of a test clip: by what
 * encoder.cinematic sees, each number weighed by its mean square over the training clips.
 */
final class NearestClip {
  private final ScoredFilms films;
  private final ClipFiles files;
  private final List<Clip> train;
  private final Map<String, float[]> pictures = new HashMap<>();

  /**
   * Looks at the training clips.
   *
   * @param films that look at as much of each clip as is compared
   * @param train clips to choose from; those without a film are never chosen
   */
  NearestClip(ScoredFilms films, ClipFiles files, List<Clip> train) {
    this.films = films;
    this.files = files;
    this.train = train;
    for (Clip clip : train) {
      if (clip.video != null) {
        pictures.put(clip.id, picture(clip));
      }
    }
  }

  /**
   * The nearest training clip.
   *
   * @throws MaestroException of kind INPUT when none has a picture
   */
  Clip to(Clip clip) {
    float[] wanted = picture(clip);
    double[] scale = new double[wanted.length];
    for (float[] picture : pictures.values()) {
      for (int k = 0; k < scale.length; k++) {
        scale[k] += (double) picture[k] * picture[k] / pictures.size();
      }
    }
    Clip best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Clip candidate : train) {
      float[] picture = pictures.get(candidate.id);
      if (picture != null) {
        double distance = 0;
        for (int k = 0; k < wanted.length; k++) {
          distance += Math.pow(wanted[k] - picture[k], 2) / (scale[k] + 1e-9);
        }
        if (distance < least) {
          least = distance;
          best = candidate;
        }
      }
    }
    if (best == null) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "baseline nearest",
          "no training clip has a picture",
          "leave the baseline out for music alone");
    }
    return best;
  }

  private float[] picture(Clip clip) {
    return films
        .seen(new ScoredFilms.Piece(files.film(clip), clip.startSec), "encoder.cinematic")
        .vector();
  }
}
