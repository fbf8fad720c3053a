package maestro.training.style;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.networks.StyleNetwork;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Track;

/** Pieces of music as what a style network reads. */
final class Pieces {
  private Pieces() {}

  /** Log-mels of pieces side by side, {@code [pieces, frames, 64]}. */
  static float[] mels(List<Corpus.Piece> pieces, int frames) {
    float[] mels = new float[pieces.size() * frames * StyleNetwork.BANDS];
    for (int i = 0; i < pieces.size(); i++) {
      float[] mel = mel(pieces.get(i), frames);
      System.arraycopy(mel, 0, mels, i * mel.length, mel.length);
    }
    return mels;
  }

  /** The same, each mastered otherwise. */
  static float[] augmented(
      Augmentation augmentation, List<Corpus.Piece> pieces, int frames, double[] draws) {
    float[] mels = new float[pieces.size() * frames * StyleNetwork.BANDS];
    for (int i = 0; i < pieces.size(); i++) {
      float[] mel = mel(pieces.get(i), frames);
      augmentation.apply(mel, draws, i * Augmentation.DRAWS);
      System.arraycopy(mel, 0, mels, i * mel.length, mel.length);
    }
    return mels;
  }

  private static float[] mel(Corpus.Piece piece, int frames) {
    return piece.track().part(Corpus.MEL, piece.start(), frames);
  }

  /** Tracks by label, labels sorted; tracks without one are left out. */
  static Map<String, List<Track>> byLabel(List<Track> tracks) {
    Map<String, List<Track>> labels = new TreeMap<>();
    for (Track track : tracks) {
      if (!track.label().isEmpty()) {
        labels.computeIfAbsent(track.label(), unused -> new ArrayList<>()).add(track);
      }
    }
    return labels;
  }

  /** Pieces spread evenly over the tracks of a label, the same each time. */
  static List<Corpus.Piece> spread(List<Track> tracks, int count, int frames) {
    List<Corpus.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double place = (i + 0.5) / count * tracks.size();
      int track = (int) place;
      pieces.add(Episode.piece(tracks.get(track), place - track, frames));
    }
    return pieces;
  }
}
