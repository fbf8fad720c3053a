package maestro.training.style;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Track;

/**
 * One episode of few-shot training (Vinyals et al. 2016): some labels, and of each some pieces to
 * show and some to ask for, from any of its tracks.
 *
 * @param labels of the episode, all different
 * @param support of each label as many, label after label
 * @param queries of each label as many, label after label
 */
record Episode(List<String> labels, List<Corpus.Piece> support, List<Corpus.Piece> queries) {
  /** Uniform numbers that an episode takes. */
  static int draws(int ways, int shots, int queries) {
    return ways * (1 + 2 * (shots + queries));
  }

  /**
   * Draws an episode.
   *
   * @param tracks by label, at least as many labels as ways, no list empty
   * @param shots pieces of each label to show
   * @param queries pieces of each label to ask for
   * @param frames of a piece
   * @param uniform {@link #draws} numbers in [0, 1)
   */
  static Episode draw(
      Map<String, List<Track>> tracks,
      int ways,
      int shots,
      int queries,
      int frames,
      double[] uniform) {
    List<String> left = new ArrayList<>(tracks.keySet());
    List<String> labels = new ArrayList<>();
    List<Corpus.Piece> support = new ArrayList<>();
    List<Corpus.Piece> asked = new ArrayList<>();
    int at = 0;
    for (int way = 0; way < ways; way++) {
      String label = left.remove((int) (uniform[at++] * left.size()));
      labels.add(label);
      List<Track> own = tracks.get(label);
      for (int n = 0; n < shots + queries; n++) {
        Track track = own.get((int) (uniform[at++] * own.size()));
        (n < shots ? support : asked).add(piece(track, uniform[at++], frames));
      }
    }
    return new Episode(labels, support, asked);
  }

  /** A piece that begins anywhere in a track. */
  static Corpus.Piece piece(Track track, double at, int frames) {
    return new Corpus.Piece(track, (int) (at * (Math.max(0, track.frames() - frames) + 1)));
  }
}
