package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_DATA;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.api.film.FilmClip;
import maestro.api.run.Provenance;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVChapter;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The films {@code extras.*} beside this class have two sound tracks, of which the second is a
 * commentary in French, Italian subtitles, two chapters, a time code, tags and a cover, as far as
 * their containers do; {@code alpha.webm} is half transparent.
 */
@Timeout(60)
class ExtrasTest {
  private final Limits limits = new Limits(1 << 26, 3600, 64, 20, 2);
  private final FfmpegMediaReader reader = new FfmpegMediaReader(limits);
  private final FfmpegMediaWriter writer = new FfmpegMediaWriter(limits);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "extras.mkv | mkv | mpeg4 flac aac subrip mjpeg | ",
        "extras.mkv | mp4 | mpeg4 aac aac mjpeg         | an MP4 file cannot keep subtitles (subrip), the tags MOOD of it",
        "extras.mkv | mov | mpeg4 aac aac               | a MOV file cannot keep subtitles (subrip), the cover of it",
        "extras.mp4 | mp4 | mpeg4 aac aac mov_text mjpeg | ",
        "extras.mp4 | m4v | mpeg4 aac aac mov_text mjpeg | ",
        "extras.mp4 | mov | mpeg4 aac aac mov_text      | a MOV file cannot keep the cover of it",
        "extras.mp4 | mkv | mpeg4 flac aac mjpeg        | an MKV file cannot keep subtitles (mov_text) of it",
        "extras.mov | mov | mpeg4 aac aac mov_text      | ",
        "extras.mov | mp4 | mpeg4 aac aac mov_text      | an MP4 file cannot keep the tags mood of it",
      })
  void keepsWhatTheContainerCanAndNamesTheRest(
      String film, String ending, String kept, String remark) throws Exception {
    FilmClip clip = reader.probe(resource(film));
    Path result = folder.resolve("result." + ending);
    assertThat(writer.foresee(result, clip))
        .isEqualTo(remark == null ? List.of() : List.of(film + ": " + remark));
    writer.film(result, clip, TestFilm.tone(2, 1), new Provenance("{}"));
    assertThat(writer.provenance(result)).isEqualTo(new Provenance("{}"));
    assertThat(reader.probe(result).durationSeconds()).isCloseTo(2, within(0.001));
    try (MediaFile file = MediaFile.open(result, limits)) {
      assertThat(codecs(file)).isEqualTo(List.of(kept.split(" ")));
      assertThat(chapters(file)).containsExactly("First 0.0 to 1.0", "Second 1.0 to 2.0");
      Map<String, String> tags = Ffmpeg.tags(file.context().metadata());
      assertThat(tags).containsEntry("title", "The Film").containsEntry("artist", "A Person");
      AVStream commentary = file.context().streams(2);
      Map<String, String> spoken = Ffmpeg.tags(commentary.metadata());
      assertThat(spoken).containsEntry("language", "fra");
      assertThat(spoken.getOrDefault("title", spoken.get("name"))).isEqualTo("Commentary");
      assertThat(file.sound().orElseThrow().index()).isEqualTo(1);
      assertThat(commentary.disposition() & 1).as("default").isZero();
      if (!film.equals("extras.mkv")) {
        assertThat(Extras.timecode(file))
            .contains(film.equals("extras.mp4") ? "01:02:03:04" : "10:00:00:00");
      }
      if (!ending.equals("mov") && !film.equals("extras.mov")) {
        assertThat(Ffmpeg.tags(file.picture().metadata())).containsEntry("language", "deu");
      }
    }
    // An MKV file may lack the packet with which the decoder of an MP4 file begins, unheard.
    assertThat(bytes(resource(film), 2)).endsWith(bytes(result, 2).toArray(Integer[]::new));
    assertThat(bytes(result, 2)).hasSizeGreaterThan(31);
  }

  @Test
  void anAlphaChannelIsKept() throws Exception {
    Path result = folder.resolve("result.mkv");
    writer.film(
        result, reader.probe(resource("alpha.webm")), TestFilm.tone(1, 1), new Provenance("{}"));
    try (MediaFile file = MediaFile.open(result, limits)) {
      assertThat(Ffmpeg.tags(file.picture().metadata())).containsEntry("alpha_mode", "1");
    }
    assertThat(alphas(result)).isEqualTo(alphas(resource("alpha.webm"))).doesNotContain(0L);
  }

  /** The picture begins at 1 s; a click in the commentary, a line of text and a chapter follow. */
  @ParameterizedTest
  @CsvSource({"mkv", "mp4"})
  void otherTracksAreMovedWithThePicture(String ending) throws Exception {
    FilmClip clip = reader.probe(resource("late.mkv"));
    Path result = folder.resolve("result." + ending);
    writer.film(result, clip, TestFilm.tone(2, 1), new Provenance("{}"));
    assertThat(reader.probe(result).durationSeconds()).isCloseTo(2, within(0.002));
    try (MediaFile file = MediaFile.open(result, limits)) {
      assertThat(chapters(file)).endsWith("Within 0.2 to " + (ending.equals("mkv") ? 1.2 : 2.0));
      AVStream commentary = file.context().streams(2);
      double loudest = 0;
      double at = 0;
      try (Decoder decoder = new Decoder(file, commentary)) {
        for (AVFrame frame = decoder.next(); frame != null; frame = decoder.next()) {
          short[] samples = new short[frame.nb_samples()];
          new ShortPointer(frame.data(0)).get(samples);
          for (int i = 0; i < samples.length; i++) {
            if (Math.abs(samples[i]) > loudest) {
              loudest = Math.abs(samples[i]);
              at =
                  frame.best_effort_timestamp() * Ffmpeg.number(commentary.time_base())
                      + i / 8000.0;
            }
          }
        }
      }
      assertThat(at).isCloseTo(0.5, within(0.5 / 24));
    }
    if (ending.equals("mkv")) {
      AVPacket packet = av_packet_alloc();
      try (MediaFile file = MediaFile.open(result, limits)) {
        assertThat(file.read(packet, Set.of(3))).isTrue();
        assertThat(packet.pts() * Ffmpeg.number(file.context().streams(3).time_base()))
            .isCloseTo(0.5, within(0.002));
      }
      av_packet_free(packet);
    }
  }

  @Test
  void theTimeCodeIsThatOfTheFirstPictureShown() throws Exception {
    Path film = folder.resolve("film.mp4");
    Files.copy(resource("extras.mp4"), film);
    // The film counts in milliseconds, its picture in 512 ticks a picture.
    IndexFile.edit(film, List.of(new EditList.Edit(0, 10 * 512, 1583)));
    FilmClip clip = reader.probe(film);
    assertThat(clip.durationSeconds()).isCloseTo(38 / 24.0, within(0.001));
    Path result = folder.resolve("result.mov");
    writer.film(result, clip, TestFilm.tone(2, 1), new Provenance("{}"));
    try (MediaFile file = MediaFile.open(result, limits)) {
      assertThat(Extras.timecode(file)).contains("01:02:03:14");
    }
  }

  private static List<String> codecs(MediaFile file) {
    List<String> codecs = new ArrayList<>();
    for (int i = 0; i < file.context().nb_streams(); i++) {
      AVStream stream = file.context().streams(i);
      if (stream.codecpar().codec_type() != AVMEDIA_TYPE_DATA) {
        codecs.add(avcodec_get_name(stream.codecpar().codec_id()).getString());
      }
    }
    return codecs;
  }

  private static List<String> chapters(MediaFile file) {
    List<String> chapters = new ArrayList<>();
    for (int i = 0; i < file.context().nb_chapters(); i++) {
      AVChapter chapter = file.context().chapters(i);
      double tick = Ffmpeg.number(chapter.time_base());
      chapters.add(
          Ffmpeg.tags(chapter.metadata()).get("title")
              + " "
              + Math.round(chapter.start() * tick * 1000) / 1000.0
              + " to "
              + Math.round(chapter.end() * tick * 1000) / 1000.0);
    }
    return chapters;
  }

  /** Sizes of the packets of a stream. */
  private List<Integer> bytes(Path film, int index) {
    List<Integer> bytes = new ArrayList<>();
    AVPacket packet = av_packet_alloc();
    try (MediaFile file = MediaFile.open(film, limits)) {
      while (file.read(packet, Set.of(index))) {
        if (packet.pts() < 2 / Ffmpeg.number(file.context().streams(index).time_base())) {
          bytes.add(packet.size());
        }
      }
    }
    av_packet_free(packet);
    return bytes;
  }

  /** Sizes of what says how transparent each picture is. */
  private List<Long> alphas(Path film) {
    List<Long> sizes = new ArrayList<>();
    AVPacket packet = av_packet_alloc();
    try (MediaFile file = MediaFile.open(film, limits);
        SizeTPointer size = new SizeTPointer(1)) {
      while (file.read(packet, file.picture())) {
        size.put(0);
        av_packet_get_side_data(packet, AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL, size);
        sizes.add(size.get());
      }
    }
    av_packet_free(packet);
    return sizes;
  }

  private static Path resource(String name) throws Exception {
    return Path.of(ExtrasTest.class.getResource(name).toURI());
  }
}
