package maestro.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.media.MediaReader;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import maestro.files.Json;

/** The clips of a dataset on disk: their films and their own music. */
final class ClipFiles {
  private static final ObjectMapper JSON = Json.PLAIN;

  private final MediaReader reader;
  private final Path root;
  private final Map<Path, Boolean> withSound = new HashMap<>();

  /**
   * Clips below a folder.
   *
   * @param root folder the clips' paths are relative to
   */
  ClipFiles(MediaReader reader, Path root) {
    this.reader = reader;
    this.root = root;
  }

  /**
   * The film of a clip.
   *
   * @throws MaestroException of kind INPUT when it is music alone
   */
  Path film(Clip clip) {
    if (clip.video == null) {
      throw new MaestroException(
          MaestroException.Kind.INPUT, clip.id, "the clip has no film", "use a dataset of films");
    }
    return Manifest.file(root, clip.video);
  }

  /** The file with the music of a clip: a sound file, or the film itself. */
  Path sound(Clip clip) {
    return clip.audio != null ? Manifest.file(root, clip.audio) : film(clip);
  }

  /** Whether a clip has music of its own: a sound file, or a film with sound. */
  boolean hasMusic(Clip clip) {
    return clip.audio != null
        || clip.video != null
            && withSound.computeIfAbsent(film(clip), film -> reader.probe(film).hasSound());
  }

  /**
   * The music of a clip, ten seconds of it.
   *
   * @throws MaestroException of kind INPUT when its file ends before
   */
  Sound music(Clip clip) {
    Sound music = reader.sound(sound(clip), clip.startSec, clip.durationSec);
    if (music.length() == 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          clip.id,
          "it starts after the end of its file",
          "build the manifest again");
    }
    return music;
  }

  /** What a file says that holds the music of a clip, or something made of it. */
  static Provenance provenance(Clip clip) {
    return provenance("clip", clip);
  }

  /** A manifest of one entry. */
  static Provenance provenance(String name, Object value) {
    try {
      return new Provenance(JSON.writeValueAsString(Map.of(name, value)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("evaluation: " + name + " cannot be written as JSON", e);
    }
  }
}
