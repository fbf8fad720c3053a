package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.media.MediaReader.Subscription;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import maestro.contracts.TestRun;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriteFilmTest {
  private static final Provenance NOTE =
      new Provenance("{\"seed\":7,\"film\":\"Ümläut 電\",\"long\":\"" + "x".repeat(70_000) + "\"}");

  private final Limits limits = new Limits(1 << 26, 3600, 64, 20, 2);
  private final FfmpegMediaReader reader = new FfmpegMediaReader(limits);
  private final FfmpegMediaWriter writer = new FfmpegMediaWriter(limits);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "mpeg4, yuv420p, a.mp4, b.mp4",
    "mpeg4, yuv420p, a.mp4, b.mov",
    "mpeg4, yuv420p, a.mp4, b.mkv",
    "mpeg4, yuv420p, a.avi, b.mkv",
    "libopenh264, yuv420p, a.mp4, b.m4v",
    "libopenh264, yuv420p, a.mkv, b.mp4",
    "mpeg2video, yuv420p, a.mpg, b.mp4",
    "prores_ks, yuv422p10le, a.mov, b.mov",
    "ffv1, yuv420p10le, a.mkv, b.mkv",
    "libvpx, yuv420p, a.webm, b.mkv",
    "mjpeg, yuvj420p, a.avi, b.mov",
    "wmv2, yuv420p, a.asf, b.mkv",
    "gif, gray, a.gif, b.mov"
  })
  void copiesThePictureBitForBit(String encoder, String pixels, String from, String to) {
    Path film =
        TestFilm.small().encoder(encoder, pixels).length(50, 25).write(folder.resolve(from));
    FilmClip clip = reader.probe(film);
    Path scored = folder.resolve(to);
    writer.film(scored, clip, TestFilm.tone(1.2, 1), NOTE);
    assertThat(packets(scored)).isEqualTo(packets(film)).hasSize(50);
    FilmClip result = reader.probe(scored);
    assertThat(result.durationSeconds()).isCloseTo(clip.durationSeconds(), within(0.002));
    assertThat(result.width()).isEqualTo(clip.width());
    assertThat(reader.sound(scored).seconds())
        .isCloseTo(result.durationSeconds(), within(1024 / 16_000.0));
    assertThat(writer.provenance(scored)).isEqualTo(NOTE);
  }

  @ParameterizedTest
  @CsvSource({"mp4, 0.2", "mp4, 5", "mov, 5", "mkv, 0.2", "mkv, 5"})
  void soundIsCutOrPaddedToThePicture(String ending, double seconds) {
    Path film = TestFilm.small().length(49, 24).write(folder.resolve("a.mp4"));
    Path scored = folder.resolve("b." + ending);
    writer.film(scored, reader.probe(film), TestFilm.tone(seconds, 2), NOTE);
    Sound sound = reader.sound(scored);
    assertThat(sound.channels().length).isEqualTo(2);
    assertThat(sound.seconds()).isCloseTo(49 / 24.0, within(1024 / 16_000.0));
    double tail = 0;
    for (int i = 28_000; i < 32_000; i++) {
      tail = Math.max(tail, Math.abs(sound.channels()[1][i]));
    }
    assertThat(tail).isCloseTo(seconds > 2 ? 0.5 : 0, within(0.05));
  }

  @Test
  void soundTurnsUpWhereItWasPut() {
    Path film = TestFilm.small().length(48, 24).write(folder.resolve("a.mp4"));
    float[] click = new float[32_000];
    for (int i = 16_000; i < 16_160; i++) {
      click[i] = (float) Math.sin(2 * Math.PI * 1000 * i / 16_000);
    }
    for (String ending : List.of("mp4", "mkv")) {
      Path scored = folder.resolve("b." + ending);
      writer.film(scored, reader.probe(film), Sound.mono(click, 16_000), NOTE);
      float[] heard = reader.sound(scored).channels()[0];
      double weight = 0;
      double centre = 0;
      for (int i = 0; i < heard.length; i++) {
        weight += heard[i] * heard[i];
        centre += (double) i * heard[i] * heard[i];
      }
      assertThat(centre / weight).isCloseTo(16_080, within(40.0));
    }
  }

  @Test
  void mkvKeepsTheSoundWithoutLoss() {
    Path film = TestFilm.small().length(48, 24).write(folder.resolve("a.mp4"));
    Path wav = folder.resolve("b.wav");
    Path mkv = folder.resolve("b.mkv");
    Sound tone = TestFilm.tone(2, 2);
    writer.wav(wav, tone, NOTE);
    writer.film(mkv, reader.probe(film), tone, NOTE);
    assertThat(reader.sound(mkv).channels()).isDeepEqualTo(reader.sound(wav).channels());
  }

  @Test
  void theSameFilmAndSoundGiveTheSameFile() throws Exception {
    FilmClip clip = reader.probe(TestFilm.small().length(48, 24).write(folder.resolve("a.mp4")));
    for (String ending : List.of("mp4", "mov", "mkv")) {
      Path one = folder.resolve("1." + ending);
      Path two = folder.resolve("2." + ending);
      writer.film(one, clip, TestFilm.tone(2, 1), NOTE);
      writer.film(two, clip, TestFilm.tone(2, 1), NOTE);
      assertThat(two).hasSameBinaryContentAs(one);
    }
  }

  @Test
  void aTurnedFilmStaysTurned() {
    Path film = TestFilm.small().turned(0, 1, -1, 0).write(folder.resolve("a.mp4"));
    for (String ending : List.of("mp4", "mov", "mkv")) {
      Path scored = folder.resolve("b." + ending);
      writer.film(scored, reader.probe(film), TestFilm.tone(1, 1), NOTE);
      FilmClip clip = reader.probe(scored);
      assertThat(clip.width()).isEqualTo(64);
      List<Frame> frames = new ArrayList<>();
      reader.read(
          clip,
          List.of(new Subscription(FrameRequest.atRate(24), source -> frames.add(source.next()))),
          new TestRun());
      assertThat(TestFilm.brightness(frames.get(0), 0.25, 0.95)).isGreaterThan(190);
    }
  }

  @Test
  void aPictureThatTheContainerCannotHoldIsRefusedWithTheNextStep() throws Exception {
    Path film = TestFilm.small().encoder("libvpx", "yuv420p").write(folder.resolve("a.webm"));
    FilmClip clip = reader.probe(film);
    assertThatThrownBy(() -> writer.film(folder.resolve("b.mp4"), clip, TestFilm.tone(1, 1), NOTE))
        .isInstanceOfSatisfying(
            MaestroException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INPUT))
        .hasMessage(
            "a.webm: an MP4 file cannot hold its picture (vp8) as it is; name the result .mkv, which can");
    assertThat(left()).containsExactly("a.webm");
  }

  @Test
  void aContainerIsAdvisedOnlyIfItHelps() {
    FilmClip windows =
        reader.probe(TestFilm.small().encoder("wmv2", "yuv420p").write(folder.resolve("a.asf")));
    assertThatThrownBy(() -> writer.foresee(folder.resolve("b.mp4"), windows))
        .hasMessage(
            "a.asf: an MP4 file cannot hold its picture (wmv2) as it is; name the result .mkv, which can");
    assertThat(writer.foresee(folder.resolve("b.mkv"), windows)).isEmpty();
    FilmClip animation =
        reader.probe(TestFilm.small().encoder("gif", "gray").write(folder.resolve("a.gif")));
    for (String ending : List.of("mp4", "mkv")) {
      assertThatThrownBy(() -> writer.foresee(folder.resolve("b." + ending), animation))
          .hasMessageEndingWith(
              "file cannot hold its picture (gif) as it is; name the result .mov, which can");
    }
    assertThat(writer.foresee(folder.resolve("b.mov"), animation)).isEmpty();
    assertThat(writer.foresee(folder.resolve("b.wav"), animation)).isEmpty();
  }

  @Test
  void aNameThatIsTooLongIsRefusedBeforeTheWork() throws Exception {
    FilmClip clip = reader.probe(TestFilm.small().write(folder.resolve("a.mp4")));
    for (String ending : List.of(".wav", ".mp4", ".mkv")) {
      Path longest = folder.resolve("x".repeat(255 - ending.length()) + ending);
      Path longer = folder.resolve("ü".repeat(126) + ending);
      assertThat(writer.foresee(longest, clip)).isEmpty();
      assertThatThrownBy(() -> writer.foresee(longer, clip))
          .isInstanceOfSatisfying(
              MaestroException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INPUT))
          .hasMessageContaining("a name of 256 bytes is longer than the file system allows")
          .hasMessageContaining("give a shorter one");
      if (ending.equals(".wav")) {
        writer.wav(longest, TestFilm.tone(1, 1), NOTE);
      } else {
        writer.film(longest, clip, TestFilm.tone(1, 1), NOTE);
      }
      assertThat(writer.provenance(longest)).isEqualTo(NOTE);
      Files.delete(longest);
    }
    assertThat(left()).containsExactly("a.mp4");
  }

  @Test
  void aFolderThatIsNotThereIsNamedBeforeTheWork() {
    FilmClip clip = reader.probe(TestFilm.small().write(folder.resolve("a.mp4")));
    assertThatThrownBy(() -> writer.foresee(folder.resolve("none").resolve("b.wav"), clip))
        .hasMessageContaining("there is no folder");
    assertThatThrownBy(() -> writer.foresee(folder, clip)).hasMessageContaining("it is a folder");
  }

  @Test
  void anUnknownEndingIsRefused() {
    FilmClip clip = reader.probe(TestFilm.small().write(folder.resolve("a.mp4")));
    assertThatThrownBy(() -> writer.film(folder.resolve("b.avi"), clip, TestFilm.tone(1, 1), NOTE))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining(".mp4, .m4v, .mov or .mkv");
  }

  @Test
  void theFilmItselfIsNeverOverwritten() throws Exception {
    Path film = TestFilm.small().write(folder.resolve("a.mp4"));
    byte[] before = Files.readAllBytes(film);
    FilmClip clip = reader.probe(film);
    assertThatThrownBy(() -> writer.film(film, clip, TestFilm.tone(1, 1), NOTE))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("is the film to be scored");
    assertThatThrownBy(() -> writer.check(film, clip))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("is the film to be scored");
    assertThat(Files.readAllBytes(film)).isEqualTo(before);
    assertThat(left()).containsExactly("a.mp4");
  }

  @Test
  void anOlderResultIsReplacedAsAWhole() throws Exception {
    FilmClip clip = reader.probe(TestFilm.small().write(folder.resolve("a.mp4")));
    Path scored = Files.writeString(folder.resolve("b.mp4"), "old");
    writer.film(scored, clip, TestFilm.tone(1, 1), NOTE);
    assertThat(writer.provenance(scored)).isEqualTo(NOTE);
    assertThat(left()).containsExactlyInAnyOrder("a.mp4", "b.mp4");
  }

  @Test
  void soundThatAacCannotHoldIsSentToMkv() {
    FilmClip clip = reader.probe(TestFilm.small().write(folder.resolve("a.mp4")));
    Sound odd = Sound.mono(new float[12_345], 12_345);
    assertThatThrownBy(() -> writer.film(folder.resolve("b.mp4"), clip, odd, NOTE))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("AAC cannot hold sound of 1 channels at 12345 Hz")
        .hasMessageContaining(".mkv");
    writer.film(folder.resolve("b.mkv"), clip, odd, NOTE);
    assertThat(reader.sound(folder.resolve("b.mkv")).sampleRateHz()).isEqualTo(12_345);
  }

  private List<String> left() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** Digests of the picture's packets, as the demultiplexer hands them out. */
  private List<String> packets(Path film) {
    List<String> digests = new ArrayList<>();
    AVPacket packet = av_packet_alloc();
    try (MediaFile file = MediaFile.open(film, limits)) {
      AVStream stream = file.picture();
      while (file.read(packet, stream)) {
        byte[] bytes = new byte[packet.size()];
        packet.data().get(bytes);
        digests.add(HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes)));
        av_packet_unref(packet);
      }
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    } finally {
      av_packet_free(packet);
    }
    return digests;
  }
}
