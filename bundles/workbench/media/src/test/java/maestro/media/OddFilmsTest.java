package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.media.MediaReader.Subscription;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged, odd and hostile files: each is read, or refused with one plain sentence, and none of
 * them makes the process open another file or a connection. The timeout only guards against a hang.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class OddFilmsTest {
  private static final TestFilm SMALL = TestFilm.small();
  private static final TestFilm WITH_SOUND = SMALL.length(36, 24).tone(1.5);

  private final Limits limits = new Limits(1 << 26, 3600, 64, 20, 2);
  private final FfmpegMediaReader reader = new FfmpegMediaReader(limits);
  private final AtomicInteger connections = new AtomicInteger();
  private final Map<String, Path> cases = new LinkedHashMap<>();
  private ServerSocket trap;

  private Path folder;

  @BeforeAll
  void makeTheCorpus(@TempDir Path temporary) throws IOException {
    folder = temporary;
    trap = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread listener =
        new Thread(
            () -> {
              try {
                while (true) {
                  trap.accept().close();
                  connections.incrementAndGet();
                }
              } catch (IOException closed) {
                assertThat(trap.isClosed()).isTrue();
              }
            });
    listener.setDaemon(true);
    listener.start();
    oddButWhole();
    refusedAtOnce();
    playlists();
    damaged();
  }

  @AfterAll
  void close() throws IOException {
    trap.close();
  }

  private void oddButWhole() {
    film("no-sound.mp4", SMALL);
    film("sound.mp4", WITH_SOUND);
    film("sound-longer.mp4", SMALL.tone(3));
    film("sound-shorter.mkv", SMALL.length(72, 24).tone(0.3));
    film("one-picture.mp4", SMALL.length(1, 24));
    film("one-picture.mkv", SMALL.length(1, 25));
    film("variable-rate.mp4", SMALL.times(n -> n * n));
    film("variable-rate.mkv", SMALL.times(n -> n + 5L * (n / 4)));
    film("pause-of-half-an-hour.mkv", SMALL.times(n -> n < 6 ? n : n + 24 * 1800));
    film("begins-at-100-seconds.ts", SMALL.encoder("mpeg2video", "yuv420p").times(n -> n + 2400));
    film("turned-90.mp4", SMALL.turned(0, 1, -1, 0));
    film("turned-180.mov", SMALL.turned(-1, 0, 0, -1));
    film("turned-270.mp4", SMALL.turned(0, -1, 1, 0));
    film("mirrored.mp4", SMALL.turned(-1, 0, 0, 1));
    film("8-bit-444.mkv", SMALL.encoder("ffv1", "yuv444p"));
    film("10-bit.mkv", SMALL.encoder("ffv1", "yuv420p10le"));
    film("16-bit-rgb.mkv", SMALL.encoder("ffv1", "gbrp16le"));
    film("10-bit-prores.mov", SMALL.encoder("prores_ks", "yuv422p10le"));
    film("grey.mkv", SMALL.encoder("ffv1", "gray"));
    film("with-alpha.mkv", SMALL.encoder("ffv1", "yuva420p"));
    film("portrait.mp4", SMALL.size(72, 128));
    film("odd-sides.mkv", SMALL.encoder("ffv1", "yuv420p").size(97, 65));
    film("tiny.mkv", SMALL.encoder("ffv1", "yuv420p").size(2, 2));
    film("very-wide.mkv", SMALL.encoder("ffv1", "yuv420p").size(4096, 16).length(3, 24));
    film("4k.mp4", SMALL.size(3840, 2160).length(3, 24));
    film("1-fps.mp4", SMALL.length(4, 1));
    film("120-fps.mp4", SMALL.length(60, 120));
    film("240-fps.mkv", SMALL.length(60, 240));
    film("h264.mp4", SMALL.encoder("libopenh264", "yuv420p"));
    film("raw-stream.h264", SMALL.encoder("libopenh264", "yuv420p"));
    film("vp8.webm", SMALL.encoder("libvpx", "yuv420p"));
    film("mpeg2.mpg", SMALL.encoder("mpeg2video", "yuv420p"));
    film("mpeg2.ts", SMALL.encoder("mpeg2video", "yuv420p"));
    film("mjpeg.avi", SMALL.encoder("mjpeg", "yuvj420p"));
    film("flash.flv", SMALL.encoder("flv", "yuv420p"));
    film("animation.gif", SMALL.encoder("gif", "gray"));
    film("fields.ts", SMALL.encoder("mpeg2video", "yuv420p").fields(3, true));
    film("fields.mkv", SMALL.encoder("ffv1", "yuv420p").fields(0, false));
    film("three-lines-of-fields.mkv", SMALL.encoder("ffv1", "yuv444p").size(8, 3).fields(0, true));
    film("edited.mp4", WITH_SOUND);
    TestFilm.trim(cases.get("edited.mp4"), 5, 20);
    file("mp4-called.avi", bytes("no-sound.mp4"));
    file("mp4-called.txt", bytes("no-sound.mp4"));
    file("mp4-called.m3u8", bytes("no-sound.mp4"));
    file("mkv-called.mp4", bytes("10-bit.mkv"));
    file("no-ending", bytes("mpeg2.ts"));
    file("rubbish-behind.mp4", join(bytes("no-sound.mp4"), noise(5000, 1)));
    file("changes-size.ts", join(bytes("mpeg2.ts"), bytes(other("mpeg2.ts"))));
    file("changes-size.h264", join(bytes("raw-stream.h264"), bytes(other("raw-stream.h264"))));
  }

  /** The same film at another size, outside the corpus. */
  private Path other(String name) {
    TestFilm film =
        name.endsWith(".ts")
            ? SMALL.encoder("mpeg2video", "yuv420p")
            : SMALL.encoder("libopenh264", "yuv420p");
    return film.size(160, 128).write(folder.resolve("other-" + name));
  }

  private void refusedAtOnce() throws IOException {
    file("refused-empty.mp4", new byte[0]);
    file("refused-one-byte.mp4", new byte[] {'f'});
    text("refused-text.mp4", "This is not a film.\n".repeat(200));
    text(
        "refused-page.mp4", "<!DOCTYPE html><html><body><video src='x.mp4'></video></body></html>");
    text("refused-json.mkv", "{\"film\": \"x.mp4\"}");
    text("refused-script.mp4", "#!/bin/sh\necho film\n");
    text("refused-subtitles.mp4", "1\n00:00:00,000 --> 00:00:02,000\nHello\n\n");
    file("refused-noise.mp4", noise(65_536, 7));
    file("refused-zeros.mp4", new byte[65_536]);
    file("refused-only-a-header.mp4", Arrays.copyOf(bytes("no-sound.mp4"), 40));
    file("refused-only-a-header.mkv", Arrays.copyOf(bytes("10-bit.mkv"), 100));
    file("refused-zip.mp4", join("PK\3\4".getBytes(StandardCharsets.ISO_8859_1), noise(2000, 2)));
    file("refused-too-large.avi", enlarged(bytes("mjpeg.avi")));
    new FfmpegMediaWriter(limits)
        .wav(
            folder.resolve("refused-no-picture.wav"),
            TestFilm.tone(1, 1),
            new maestro.api.run.Provenance("{}"));
    cases.put("refused-no-picture.wav", folder.resolve("refused-no-picture.wav"));
    cases.put("refused-missing.mp4", folder.resolve("refused-missing.mp4"));
    cases.put("refused-folder.mp4", Files.createDirectory(folder.resolve("refused-folder.mp4")));
  }

  private void playlists() throws IOException {
    String remote = "http://127.0.0.1:" + trap.getLocalPort() + "/";
    String local = folder.resolve("no-sound.mp4").toString();
    String hls =
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n%s\n#EXT-X-ENDLIST\n";
    text("refused-hls-remote.m3u8", String.format(hls, remote + "a.ts"));
    text("refused-hls-local.m3u8", String.format(hls, local));
    text("refused-hls-called.mp4", String.format(hls, remote + "a.ts"));
    text(
        "refused-hls-key.m3u8",
        String.format(hls, "a.ts")
            .replace("#EXTINF", "#EXT-X-KEY:METHOD=AES-128,URI=\"" + remote + "k\"\n#EXTINF"));
    text("refused-concat-remote.ffconcat", "ffconcat version 1.0\nfile '" + remote + "a.mp4'\n");
    text("refused-concat-local.ffconcat", "ffconcat version 1.0\nfile 'no-sound.mp4'\n");
    text("refused-concat-called.mp4", "ffconcat version 1.0\nfile 'no-sound.mp4'\n");
    text(
        "refused-dash.mpd",
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\""
            + " mediaPresentationDuration=\"PT2S\"><Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\""
            + " bandwidth=\"1000\"><BaseURL>"
            + remote
            + "a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>");
    text(
        "refused-session.sdp",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video "
            + trap.getLocalPort()
            + " RTP/AVP 96\na=rtpmap:96 H264/90000\n");
    text(
        "refused-list.asx",
        "<asx version=\"3.0\"><entry><ref href=\"" + remote + "a.wmv\"/></entry></asx>");
    text("refused-list.ram", remote + "a.rm\n");
    text("refused-list.pls", "[playlist]\nNumberOfEntries=1\nFile1=" + remote + "a.mp4\n");
    text(
        "refused-manifest.ism",
        "<SmoothStreamingMedia MajorVersion=\"2\"><StreamIndex Url=\""
            + remote
            + "\"/></SmoothStreamingMedia>");
    text(
        "refused-imf.xml",
        "<CompositionPlaylist xmlns=\"http://www.smpte-ra.org/schemas/2067-3/2016\"><Id>"
            + remote
            + "</Id></CompositionPlaylist>");
    text("refused-redirect.mov", "rtsptext\r\n" + remote + "a.mov");
    file("external-data.mov", external(bytes("10-bit-prores.mov")));
  }

  private void damaged() {
    List<String> victims =
        List.of(
            "sound.mp4",
            "h264.mp4",
            "10-bit.mkv",
            "vp8.webm",
            "mjpeg.avi",
            "mpeg2.ts",
            "fields.ts",
            "edited.mp4",
            "raw-stream.h264");
    for (String victim : victims) {
      byte[] whole = bytes(victim);
      for (int percent : new int[] {3, 25, 60, 97}) {
        file(
            "cut-at-" + percent + "-" + victim, Arrays.copyOf(whole, whole.length * percent / 100));
      }
      for (int seed = 1; seed <= 4; seed++) {
        file("flipped-" + seed + "-" + victim, flipped(whole, seed, seed < 3 ? 20 : 400));
      }
      byte[] hole = whole.clone();
      Arrays.fill(hole, whole.length / 3, whole.length / 2, (byte) 0);
      file("hole-in-" + victim, hole);
      file("head-lost-" + victim, Arrays.copyOfRange(whole, whole.length / 10, whole.length));
    }
  }

  private Stream<String> whole() {
    return cases.keySet().stream().filter(name -> !name.startsWith("refused-") && !isDamaged(name));
  }

  private Stream<String> refused() {
    return cases.keySet().stream().filter(name -> name.startsWith("refused-"));
  }

  private Stream<String> broken() {
    return cases.keySet().stream().filter(OddFilmsTest::isDamaged);
  }

  private static boolean isDamaged(String name) {
    return name.matches("(cut|flipped|hole|head|external)-.*");
  }

  @ParameterizedTest
  @MethodSource("whole")
  void readsWhatIsOddButWhole(String name) {
    FilmClip clip = reader.probe(cases.get(name));
    assertThat(clip.durationSeconds()).isPositive();
    assertThat(frames(clip)).isPositive();
    if (clip.hasSound()) {
      assertThat(reader.sound(clip.file()).length()).isPositive();
    }
    assertThat(connections).hasValue(0);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesWithASentence(String name) {
    try {
      FilmClip clip = reader.probe(cases.get(name));
      fail(name + " was taken for a film: " + clip);
    } catch (MaestroException e) {
      checkSentence(e, name);
    }
    assertThat(connections).hasValue(0);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void readsWhatIsLeftOrRefusesWithASentence(String name) {
    try {
      FilmClip clip = reader.probe(cases.get(name));
      assertThat(frames(clip)).isPositive();
      if (clip.hasSound()) {
        assertThat(reader.sound(clip.file()).length()).isPositive();
      }
    } catch (MaestroException e) {
      checkSentence(e, name);
    }
    assertThat(connections).hasValue(0);
  }

  @Test
  void theCorpusIsLarge() {
    assertThat(cases).hasSizeGreaterThan(60);
  }

  private static void checkSentence(MaestroException e, String name) {
    assertThat(e.kind()).isEqualTo(Kind.INPUT);
    assertThat(e.getMessage()).startsWith(name + ": ").contains("; ").doesNotContain("\n");
  }

  private int frames(FilmClip clip) {
    List<Frame> frames = new ArrayList<>();
    reader.read(
        clip,
        List.of(
            new Subscription(
                new FrameRequest(4, 32, 18),
                source -> {
                  for (Frame frame = source.next(); frame != null; frame = source.next()) {
                    frames.add(frame);
                  }
                })),
        new TestRun());
    return frames.size();
  }

  private void film(String name, TestFilm film) {
    cases.put(name, film.write(folder.resolve(name)));
  }

  private void text(String name, String content) {
    file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private void file(String name, byte[] content) {
    try {
      cases.put(name, Files.write(folder.resolve(name), content));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private byte[] bytes(String name) {
    return bytes(cases.get(name));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] join(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }

  private static byte[] noise(int length, long seed) {
    byte[] noise = new byte[length];
    new Random(seed).nextBytes(noise);
    return noise;
  }

  private static byte[] flipped(byte[] whole, long seed, int bits) {
    byte[] flipped = whole.clone();
    Random random = new Random(seed);
    for (int i = 0; i < bits; i++) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  /** Says 30000 x 30000 in the stream format of an AVI. */
  private static byte[] enlarged(byte[] avi) {
    byte[] large = avi.clone();
    int format = indexOf(large, "strf");
    ByteBuffer.wrap(large)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .putInt(format + 12, 30_000)
        .putInt(format + 16, 30_000);
    return large;
  }

  /** Says that the samples of a QuickTime film lie elsewhere. */
  private static byte[] external(byte[] mov) {
    byte[] outside = mov.clone();
    int reference = indexOf(outside, "dref") + 12;
    byte[] url = "url ".getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(url, 0, outside, reference + 4, 4);
    ByteBuffer.wrap(outside).putInt(reference + 8, 0);
    return outside;
  }

  private static int indexOf(byte[] bytes, String word) {
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(word);
    assertThat(at).as(word).isPositive();
    return at;
  }
}
