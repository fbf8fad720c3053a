package maestro.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.media.MediaReader;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Films and sounds by FFmpeg's libraries, within this process.
 *
 * <p>A film's length and rate come from its packets, not from its header, so that a film that was
 * cut short is as long as what is there. It has one time line, that of its edit list: time 0 is the
 * first picture that can be decoded, for the readers of pictures, for its sound and for a result
 * that is written from it. The sound of a file without pictures begins with its first sample.
 */
@Component(configurationPid = "media")
@Designate(ocd = Settings.class)
public final class FfmpegMediaReader implements MediaReader {
  private final Limits limits;

  /** A reader with the given limits. */
  @Activate
  public FfmpegMediaReader(Settings settings) {
    this(Limits.of(settings));
  }

  FfmpegMediaReader(Limits limits) {
    this.limits = limits;
  }

  @Override
  public FilmClip probe(Path film) {
    try (MediaFile file = MediaFile.open(film, limits)) {
      AVStream picture = file.picture();
      PictureSpan span = PictureSpan.of(file);
      boolean swap = file.orientation(picture).swapsSides();
      int width = picture.codecpar().width();
      int height = picture.codecpar().height();
      String digest = digest(film);
      Spans.put(digest, span);
      return new FilmClip(
          film.toAbsolutePath().normalize(),
          digest,
          swap ? height : width,
          swap ? width : height,
          span.framesPerSecond(),
          span.seconds(),
          file.sound().isPresent());
    }
  }

  @Override
  public void read(FilmClip clip, List<Subscription> subscriptions, RunContext run) {
    if (subscriptions.isEmpty()) {
      return;
    }
    try (MediaFile file = MediaFile.open(clip.file(), limits)) {
      new FilmReading(file, clip, run).read(subscriptions);
    }
  }

  @Override
  public Sound sound(Path file) {
    return sound(file, 0, Double.POSITIVE_INFINITY);
  }

  @Override
  public Sound sound(Path file, RunContext run) {
    return sound(file, 0, Double.POSITIVE_INFINITY, run::remark);
  }

  @Override
  public Sound sound(Path file, double fromSeconds, double seconds) {
    return sound(file, fromSeconds, seconds, remark -> {});
  }

  private Sound sound(Path file, double fromSeconds, double seconds, Consumer<String> remarks) {
    double origin = SoundTrack.NO_PICTURE;
    MediaFile opened = MediaFile.open(file, limits);
    try {
      if (opened.hasPicture()) {
        origin = FirstPicture.seconds(opened);
        opened.close();
        opened = MediaFile.open(file, limits);
      }
      return SoundTrack.decode(opened, origin, fromSeconds, seconds, remarks);
    } finally {
      opened.close();
    }
  }

  private static String digest(Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      int read;
      while ((read = bytes.read(buffer)) > 0) {
        sha.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (IOException e) {
      throw new MaestroException(
          Kind.INPUT,
          String.valueOf(file.getFileName()),
          "cannot be read",
          "check its permissions",
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
