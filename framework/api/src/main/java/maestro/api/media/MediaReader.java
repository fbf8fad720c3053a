package maestro.api.media;

import java.nio.file.Path;
import java.util.Arrays;
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
   * have. The frames of a piece are those that reading the whole film gives from the one shown when
   * the piece begins, with the same times, to the film's end; a reader stops when it has enough.
   *
   * @param clip as probed, or a piece of it
   * @param subscriptions who wants which frames
   * @throws maestro.api.MaestroException of kind INPUT when no picture can be decoded, or what a
   *     reader threw
   */
  void read(FilmClip clip, List<Subscription> subscriptions, RunContext run);

  /**
   * The whole sound of a film or sound file. That of a film begins with its first picture, with
   * silence where there is no sound yet.
   *
   * @param file any format FFmpeg reads
   * @return at its own rate; one or two channels as stored, more mixed down to two (ITU-R BS.775)
   * @throws maestro.api.MaestroException of kind INPUT when there is none, or a sample is not a
   *     finite number
   */
  Sound sound(Path file);

  /**
   * As {@link #sound(Path)}, for a piece that is to be listened to: says as a remark when it was
   * mixed down, is silent, or has sound on one side only.
   *
   * @param run takes the remarks
   */
  default Sound sound(Path file, RunContext run) {
    return sound(file);
  }

  /**
   * A piece of the sound of a film or sound file: what {@link #sound(Path)} gives, cut at the
   * nearest samples.
   *
   * @param fromSeconds where it begins, at least 0
   * @param seconds how long it is; the sound may end earlier, or even before it begins
   * @throws maestro.api.MaestroException of kind INPUT when the file has no sound at all
   */
  default Sound sound(Path file, double fromSeconds, double seconds) {
    Sound whole = sound(file);
    int rate = whole.sampleRateHz();
    int end = (int) Math.min(whole.length(), Math.round((fromSeconds + seconds) * rate));
    int begin = (int) Math.min(end, Math.round(fromSeconds * rate));
    float[][] channels = new float[whole.channels().length][];
    for (int c = 0; c < channels.length; c++) {
      channels[c] = Arrays.copyOfRange(whole.channels()[c], begin, end);
    }
    return new Sound(channels, rate);
  }

  /**
   * One reader of a film.
   *
   * @param request rate and size
   * @param reader takes the frames; may stop early
   */
  record Subscription(FrameRequest request, Consumer<FrameSource> reader) {}
}
