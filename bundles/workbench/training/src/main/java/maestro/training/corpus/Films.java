package maestro.training.corpus;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import maestro.graph.run.Span;

/**
 * The films that the music of a corpus comes with, as encoders see them: the pairs of the paper's
 * training (appendix B). Each clip of the manifest that has a film is a piece of music with one
 * feature for each encoder.
 */
public final class Films {
  private static final int FRAMES_PER_SECOND = 100;

  private final Map<String, Integer> encoders = new LinkedHashMap<>();
  private final Map<String, List<Seen>> splits = new LinkedHashMap<>();

  private Films() {}

  /** Encoders that look at films. */
  @FunctionalInterface
  public interface Eyes {
    /**
     * Looks at pieces of one film.
     *
     * @return for each piece a feature of each encoder, by the encoder's name, always in the same
     *     order
     */
    List<Map<String, float[]>> look(Path film, List<Span> pieces);
  }

  /**
   * A clip.
   *
   * @param piece its music
   * @param features what each encoder sees in its film, in the order of {@link #encoders}
   */
  public record Seen(Corpus.Piece piece, List<float[]> features) {}

  /**
   * Looks at every clip of the splits {@code train} and {@code val} that has a film.
   *
   * @param root folder that the manifest's paths start from
   * @throws MaestroException of kind INPUT when no clip of a split has a film, or one begins after
   *     its music has ended
   */
  public static Films look(Corpus corpus, Path root, Eyes eyes) {
    Films films = new Films();
    for (String split : List.of("train", "val")) {
      Map<String, List<Corpus.Scene>> byFilm = new LinkedHashMap<>();
      for (Corpus.Scene scene : corpus.scenes(split)) {
        byFilm.computeIfAbsent(scene.clip().video, film -> new ArrayList<>()).add(scene);
      }
      if (byFilm.isEmpty()) {
        throw refused(
            "corpus",
            "no clip of the split '" + split + "' has a film",
            "give a manifest of films, split by film, or leave encoders out of the recipe");
      }
      List<Seen> all = new ArrayList<>();
      byFilm.forEach(
          (film, scenes) -> {
            List<Span> spans = scenes.stream().map(scene -> span(scene.clip())).toList();
            List<Map<String, float[]>> seen = eyes.look(Manifest.file(root, film), spans);
            for (int i = 0; i < spans.size(); i++) {
              films.check(scenes.get(i).clip(), seen.get(i));
              all.add(new Seen(piece(scenes.get(i)), List.copyOf(seen.get(i).values())));
            }
          });
      films.splits.put(split, List.copyOf(all));
    }
    return films;
  }

  private static Span span(Clip clip) {
    return new Span(clip.startSec, clip.startSec + clip.durationSec);
  }

  private static Corpus.Piece piece(Corpus.Scene scene) {
    Clip clip = scene.clip();
    long start = Math.round(clip.startSec * FRAMES_PER_SECOND);
    if (start >= scene.track().frames()) {
      throw refused(
          "clip " + clip.id,
          "it begins at " + clip.startSec + " s, after its music has ended",
          "correct startSec, or take the clip out");
    }
    return new Corpus.Piece(scene.track(), (int) start);
  }

  /** All clips must be seen by the same encoders. */
  private void check(Clip clip, Map<String, float[]> seen) {
    Map<String, Integer> widths = new LinkedHashMap<>();
    seen.forEach((encoder, feature) -> widths.put(encoder, feature.length));
    if (encoders.isEmpty()) {
      encoders.putAll(widths);
    }
    if (!encoders.equals(widths)) {
      throw refused(
          "clip " + clip.id,
          "its features are " + widths + " and those of the clips before it " + encoders,
          "name encoders that see every film the same way");
    }
  }

  private static MaestroException refused(String subject, String cause, String next) {
    return new MaestroException(MaestroException.Kind.INPUT, subject, cause, next);
  }

  /** The encoders by name with the widths of their features, in order. */
  public Map<String, Integer> encoders() {
    return Collections.unmodifiableMap(encoders);
  }

  /** The clips of a split, {@code train} or {@code val}; at least one. */
  public List<Seen> clips(String split) {
    return splits.get(split);
  }
}
