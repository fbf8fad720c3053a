package maestro.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.media.MediaWriter;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Sounds and scored films by FFmpeg's libraries, within this process.
 *
 * <p>The manifest is the comment of the file: {@code ICMT} of a WAV's {@code LIST}/{@code INFO}
 * chunk, {@code ©cmt} of MP4, the key {@code comment} of QuickTime, the tag {@code COMMENT} of
 * Matroska. MP4, M4V and MOV get AAC of at most 160 kbit/s a channel (80 at 16 kHz), MKV gets FLAC
 * of 16 bits.
 */
@Component(configurationPid = "media")
public final class FfmpegMediaWriter implements MediaWriter {
  private static final String MANIFEST_KEY = "comment";

  /** What begins so much later is heard to. */
  private static final double LEAD_IN_SECONDS = 0.2;

  private final Limits limits;

  /** A writer with the given limits on the films it copies from. */
  @Activate
  public FfmpegMediaWriter(Settings settings) {
    this(Limits.of(settings));
  }

  FfmpegMediaWriter(Limits limits) {
    this.limits = limits;
  }

  @Override
  public void wav(Path file, Sound sound, Provenance provenance) {
    try (WholeFile whole = new WholeFile(file)) {
      WavFile.write(whole.growing(), whole.name(), sound, provenance.manifest());
      whole.finish();
    } catch (IOException e) {
      throw unwritten(file, e);
    }
  }

  @Override
  public void check(Path file, FilmClip picture) {
    foresee(file, picture);
  }

  @Override
  public List<String> foresee(Path file, FilmClip picture) {
    WholeFile.check(file);
    refuseTheFilmItself(file, picture);
    boolean music = file.toString().toLowerCase(Locale.ROOT).endsWith(".wav");
    Optional<Container> container = music ? Optional.empty() : Optional.of(Container.of(file));
    PictureSpan span = Spans.of(picture, limits);
    List<String> remarks = new ArrayList<>();
    try (MediaFile source = MediaFile.open(picture.file(), limits)) {
      container.ifPresent(one -> FilmFile.check(source, span, one));
      leadIn(source, span).ifPresent(remarks::add);
      container
          .map(one -> Extras.of(source, one).dropped())
          .filter(dropped -> !dropped.isEmpty())
          .ifPresent(
              dropped ->
                  remarks.add(
                      String.format(
                          "%s: %s cannot keep %s of it",
                          source.name(), container.get().words(), String.join(", ", dropped))));
    }
    return remarks;
  }

  /** What a person who lays the music beside the whole film has to know. */
  private static Optional<String> leadIn(MediaFile source, PictureSpan span) {
    double start = span.start() * Ffmpeg.number(source.picture().time_base());
    long begin = source.context().start_time();
    double earlier = begin == Ffmpeg.UNKNOWN_TIME ? 0 : (double) begin / AV_TIME_BASE;
    boolean fromZero = source.hasEdits();
    double lead = start - (fromZero ? Math.min(0, earlier) : earlier);
    return lead < LEAD_IN_SECONDS
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%s: its picture begins at %.3f s, and so does the music; put it there, or cut what is before",
                source.name(),
                lead));
  }

  private static void refuseTheFilmItself(Path file, FilmClip picture) {
    try {
      if (Files.exists(file) && Files.isSameFile(file, picture.file())) {
        throw new MaestroException(
            Kind.INPUT,
            String.valueOf(file.getFileName()),
            "is the film to be scored",
            "give the result another name");
      }
    } catch (IOException e) {
      throw unwritten(file, e);
    }
  }

  @Override
  public void film(Path file, FilmClip picture, Sound sound, Provenance provenance) {
    Container container = Container.of(file);
    refuseTheFilmItself(file, picture);
    try (WholeFile whole = new WholeFile(file)) {
      FilmFile.write(
          picture.file(),
          limits,
          Spans.of(picture, limits),
          whole.growing(),
          container,
          whole.name(),
          sound,
          provenance.manifest());
      whole.finish();
    } catch (IOException e) {
      throw unwritten(file, e);
    }
  }

  @Override
  public Provenance provenance(Path result) {
    try (MediaFile file = MediaFile.open(result, limits)) {
      return file.description(MANIFEST_KEY)
          .filter(comment -> comment.startsWith("{"))
          .map(Provenance::new)
          .orElseThrow(
              () ->
                  new MaestroException(
                      Kind.INPUT,
                      file.name(),
                      "there is no manifest in it",
                      "name a WAV or film that Maestro wrote, not one that was converted since"));
    }
  }

  private static MaestroException unwritten(Path file, IOException e) {
    String why = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
    return new MaestroException(
        Kind.RESOURCE,
        String.valueOf(file.getFileName()),
        "cannot be written (" + (why == null ? e.getClass().getSimpleName() : why) + ")",
        "check the folder and the room on the disk",
        e);
  }
}
