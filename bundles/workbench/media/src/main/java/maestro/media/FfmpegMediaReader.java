package maestro.media;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import maestro.api.film.FilmClip;
import maestro.api.media.MediaReader;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.files.Sha256;
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
      String digest = Sha256.of(film);
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
}
