package maestro.dataset;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One line of a manifest: ten seconds of film with its music (paper, appendix B).
 *
 * <p>Paths are relative to the dataset's root. Fields this version does not know are kept and
 * written back.
 */
@JsonPropertyOrder({
  "id",
  "film",
  "scoreTitle",
  "composer",
  "genres",
  "emotion",
  "video",
  "audio",
  "startSec",
  "durationSec",
  "split",
  "vocalsRemoved",
  "matched",
  "source"
})
public final class Clip {
  /** Unique within the manifest. */
  public String id;

  /** Title or key of the film the clip is cut from; splits keep a film together. */
  public String film;

  /** Title of the piece of music, or null. */
  public String scoreTitle;

  /** Composer, or null. */
  public String composer;

  /** Genres of the film; may be empty. */
  public List<String> genres = List.of();

  /** Class of emotion of the music, or null. */
  public String emotion;

  /** Film file, or null for music alone. */
  public String video;

  /** Sound file, or null for the sound of the film itself. Always the target, never an input. */
  public String audio;

  /** Start within the file, in seconds. */
  public double startSec;

  /** Length, 10 s within one mel frame. */
  public double durationSec = 10;

  /** {@code train}, {@code val}, {@code test}, or null before the split. */
  public String split;

  /** Whether vocals were removed from the sound. */
  public boolean vocalsRemoved;

  /**
   * False when film and music were paired from different sources (EmoMV's mismatched pairs). A
   * manifest has such clips when it was built with them; then they count like others.
   */
  public boolean matched = true;

  /** FilmScoreDB, HIMV, EmoMV or user. */
  public String source = "user";

  private final Map<String, Object> unknown = new LinkedHashMap<>();

  /** Fields this version does not know. */
  @JsonAnyGetter
  public Map<String, Object> unknown() {
    return unknown;
  }

  /** Keeps a field this version does not know. */
  @JsonAnySetter
  public void unknown(String name, Object value) {
    unknown.put(name, value);
  }

  /** A copy that starts elsewhere, with an id of its own. */
  Clip piece(int number, double start) {
    Clip piece = new Clip();
    piece.id = id + "-" + String.format(java.util.Locale.ROOT, "%04d", number);
    piece.film = film;
    piece.scoreTitle = scoreTitle;
    piece.composer = composer;
    piece.genres = genres;
    piece.emotion = emotion;
    piece.video = video;
    piece.audio = audio;
    piece.startSec = start;
    piece.split = split;
    piece.vocalsRemoved = vocalsRemoved;
    piece.matched = matched;
    piece.source = source;
    piece.unknown.putAll(unknown);
    return piece;
  }

  /**
   * The style classes of a clip for style-control test sets: all its genres, else its emotion, else
   * its composer; may be empty.
   */
  public List<String> styles() {
    return !genres.isEmpty()
        ? genres
        : Stream.of(Optional.ofNullable(emotion).or(() -> Optional.ofNullable(composer)))
            .flatMap(Optional::stream)
            .toList();
  }

  /** The first of {@link #styles}, or null. */
  public String style() {
    return styles().stream().findFirst().orElse(null);
  }
}
