package maestro.api.media;

import java.nio.file.Path;
import maestro.api.film.FilmClip;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import org.osgi.annotation.versioning.ProviderType;

/** Sounds and scored films to files. A file appears under its name only when it is whole. */
@ProviderType
public interface MediaWriter {
  /** Writes 16-bit PCM WAV (rounded, clamped to ±32767), with the manifest inside. */
  void wav(Path file, Sound sound, Provenance provenance);

  /**
   * Says early whether {@link #film} could write such a file.
   *
   * @throws maestro.api.MaestroException of kind INPUT when the container cannot hold the picture
   *     stream
   */
  default void check(Path file, FilmClip picture) {}

  /**
   * Copies the picture stream of a film bit by bit beside a new soundtrack, cut or padded to the
   * picture's length.
   *
   * @param file ends in .mp4, .m4v, .mov or .mkv
   * @throws maestro.api.MaestroException of kind INPUT when the container cannot hold the picture
   *     stream
   */
  void film(Path file, FilmClip picture, Sound sound, Provenance provenance);

  /**
   * The manifest written into a result.
   *
   * @throws maestro.api.MaestroException of kind INPUT when the file holds none
   */
  Provenance provenance(Path result);
}
