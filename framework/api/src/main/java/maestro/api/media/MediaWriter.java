package maestro.api.media;

import java.nio.file.Path;
import java.util.List;
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
   * As {@link #check}, of a film or a .wav, before anything is computed.
   *
   * @param file what will be written
   * @return a sentence for each thing a person should know of the result: what of the film it will
   *     not keep, or that the music begins later than the file
   * @throws maestro.api.MaestroException of kind INPUT when it could not be written
   */
  default List<String> foresee(Path file, FilmClip picture) {
    check(file, picture);
    return List.of();
  }

  /**
   * Copies the picture stream of a film bit by bit beside a new soundtrack, cut or padded to the
   * picture's length, with its edit list and all else of it that the container can keep.
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
