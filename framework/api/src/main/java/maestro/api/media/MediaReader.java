package maestro.api.media;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import maestro.api.film.FilmClip;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Films and sounds from files. Bytes are not trusted: no network, and caps on pixels, duration and
 * time.
 */
@ProviderType
public interface MediaReader {
  /**
   * Looks at a film without decoding it.
   *
   * @throws maestro.api.MaestroException of kind INPUT when it is not a film that can be read
   */
  FilmClip probe(Path film);

  /**
   * Decodes a film once for several readers. Each runs on its own thread; the call returns when all
   * have.
   *
   * @param clip as probed
   * @param subscriptions who wants which frames
   * @throws maestro.api.MaestroException of kind INPUT when no picture can be decoded, or what a
   *     reader threw
   */
  void read(FilmClip clip, List<Subscription> subscriptions, RunContext run);

  /**
   * The whole sound of a film or sound file.
   *
   * @param file any format FFmpeg reads
   * @return at its own rate and channel count
   * @throws maestro.api.MaestroException of kind INPUT when there is none
   */
  Sound sound(Path file);

  /**
   * One reader of a film.
   *
   * @param request rate and size
   * @param reader takes the frames; may stop early
   */
  record Subscription(FrameRequest request, Consumer<FrameSource> reader) {}
}
