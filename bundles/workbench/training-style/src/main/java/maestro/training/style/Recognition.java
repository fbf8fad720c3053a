package maestro.training.style;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import maestro.api.run.Noise;
import maestro.statistics.Points;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Track;

/**
 * How well composers of held-out tracks are told by embeddings of their pieces, against training
 * tracks of the same labels.
 *
 * <p>One-shot: an episode shows one training piece of each label; a held-out piece is given the
 * label of the nearest, mean over labels and {@link #EPISODES} episodes. Segment: the nearest mean
 * of all shown training pieces, mean over labels. Pieces and episodes are the same each time.
 */
final class Recognition {
  private static final int EPISODES = 200;

  private final Map<String, List<Corpus.Piece>> shown = new TreeMap<>();
  private final Map<String, List<Corpus.Piece>> asked = new TreeMap<>();
  private final int ways;

  /**
   * Chooses the pieces.
   *
   * @param known training tracks by label
   * @param heldOut other tracks by label; labels that are not known are left out
   * @param pieces of each label on each side
   */
  Recognition(
      Map<String, List<Track>> known, Map<String, List<Track>> heldOut, int pieces, int frames) {
    heldOut.forEach(
        (label, tracks) -> {
          if (known.containsKey(label)) {
            shown.put(label, Pieces.spread(known.get(label), pieces, frames));
            asked.put(label, Pieces.spread(tracks, pieces, frames));
          }
        });
    ways = shown.size();
  }

  /** Labels to choose from. */
  int ways() {
    return ways;
  }

  /** Labels to choose from with figures made of what a network hears. */
  Map<String, Double> figures(Function<List<Corpus.Piece>, float[][]> network) {
    List<float[][]> known = new ArrayList<>();
    List<float[][]> unknown = new ArrayList<>();
    shown.values().forEach(pieces -> known.add(network.apply(pieces)));
    asked.values().forEach(pieces -> unknown.add(network.apply(pieces)));
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("oneShot", oneShot(known, unknown));
    figures.put("segment", segment(known, unknown));
    figures.put("chance", 1.0 / ways);
    return figures;
  }

  private double oneShot(List<float[][]> known, List<float[][]> unknown) {
    double[] draws = new Noise(1).uniform("recognition", EPISODES * ways * 2);
    int hits = 0;
    int at = 0;
    for (int episode = 0; episode < EPISODES; episode++) {
      float[][] support = new float[ways][];
      float[][] queries = new float[ways][];
      for (int w = 0; w < ways; w++) {
        support[w] = known.get(w)[(int) (draws[at++] * known.get(w).length)];
        queries[w] = unknown.get(w)[(int) (draws[at++] * unknown.get(w).length)];
      }
      for (int w = 0; w < ways; w++) {
        hits += Points.nearest(queries[w], support) == w ? 1 : 0;
      }
    }
    return (double) hits / EPISODES / ways;
  }

  private double segment(List<float[][]> known, List<float[][]> unknown) {
    float[][] means = known.stream().map(Recognition::mean).toArray(float[][]::new);
    double share = 0;
    for (int w = 0; w < ways; w++) {
      int hits = 0;
      for (float[] piece : unknown.get(w)) {
        hits += Points.nearest(piece, means) == w ? 1 : 0;
      }
      share += (double) hits / unknown.get(w).length / ways;
    }
    return share;
  }

  private static float[] mean(float[][] points) {
    float[] mean = new float[points[0].length];
    for (float[] point : points) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += point[i] / points.length;
      }
    }
    return mean;
  }
}
