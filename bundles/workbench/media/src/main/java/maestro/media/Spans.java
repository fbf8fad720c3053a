package maestro.media;

import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.film.FilmClip;

/**
 * The time lines of the films that were looked at last, by the digest of their bytes: a film is
 * read through once in a run.
 */
final class Spans {
  private static final int KEPT = 64;

  private static final Map<String, PictureSpan> KNOWN =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PictureSpan> eldest) {
          return size() > KEPT;
        }
      };

  private Spans() {}

  /** Keeps one. */
  static void put(String digest, PictureSpan span) {
    synchronized (KNOWN) {
      KNOWN.put(digest, span);
    }
  }

  /** The time line of a film that was probed. */
  static PictureSpan of(FilmClip clip, Limits limits) {
    synchronized (KNOWN) {
      PictureSpan known = KNOWN.get(clip.digest());
      if (known != null) {
        return known;
      }
    }
    try (MediaFile file = MediaFile.open(clip.file(), limits)) {
      PictureSpan span = PictureSpan.of(file);
      put(clip.digest(), span);
      return span;
    }
  }
}
