package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.media.MediaReader.Subscription;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReadFilmTest {
  private final FfmpegMediaReader reader =
      new FfmpegMediaReader(new Limits(1 << 26, 3600, 64, 20, 2));

  @TempDir Path folder;

  @Test
  void probesSizeRateLengthAndSound() throws Exception {
    Path file = TestFilm.small().length(30, 24).tone(1.25).write(folder.resolve("a.mp4"));
    FilmClip clip = reader.probe(file);
    assertThat(clip.file()).isEqualTo(file.toAbsolutePath());
    assertThat(clip.digest())
        .isEqualTo(
            java.util.HexFormat.of()
                .formatHex(
                    java.security.MessageDigest.getInstance("SHA-256")
                        .digest(Files.readAllBytes(file))));
    assertThat(clip.width()).isEqualTo(96);
    assertThat(clip.height()).isEqualTo(64);
    assertThat(clip.framesPerSecond()).isCloseTo(24, within(1e-6));
    assertThat(clip.durationSeconds()).isCloseTo(1.25, within(1e-6));
    assertThat(clip.hasSound()).isTrue();
  }

  /** What ffmpeg 8.1 shows of the same films with {@code -vf fps=N}. */
  @Test
  void showsThePicturesThatFfmpegsFpsFilterShows() {
    Path film = TestFilm.small().length(50, 24).write(folder.resolve("a.mp4"));
    FilmClip clip = reader.probe(film);
    assertThat(numbers(clip, 10))
        .containsExactly(
            1, 3, 5, 8, 10, 13, 15, 17, 20, 22, 25, 27, 29, 32, 34, 37, 39, 41, 44, 46, 49);
    assertThat(numbers(clip, 1)).containsExactly(11, 35);
    assertThat(numbers(clip, 24)).isEqualTo(IntStream.range(0, 50).boxed().toList());
    assertThat(numbers(clip, 29.97))
        .hasSize(62)
        .startsWith(0, 1, 2, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 10);
  }

  @Test
  void framesCarryTheirTimeFromTheFirstPicture() {
    FilmClip clip = reader.probe(TestFilm.small().length(12, 24).write(folder.resolve("a.mkv")));
    List<Double> times = new ArrayList<>();
    List<Frame> frames = frames(clip, new FrameRequest(10, 0, 0));
    frames.forEach(frame -> times.add(frame.timeSeconds()));
    assertThat(times).containsExactly(0.0, 0.1, 0.2, 0.3, 0.4);
  }

  @Test
  void showsAHeldPictureForAsLongAsItLasts() {
    // Pictures at 0, 1, 2 and then 12, 13 … of 24 in a second.
    TestFilm film = TestFilm.small().length(6, 24).times(n -> n < 3 ? n : n + 9);
    FilmClip clip = reader.probe(film.write(folder.resolve("a.mkv")));
    assertThat(numbers(clip, 24)).containsExactly(0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4, 5);
  }

  @Test
  void decodesOnceForReadersOfDifferentRatesAndSizes() {
    FilmClip clip = reader.probe(TestFilm.small().length(48, 24).write(folder.resolve("a.mp4")));
    List<Frame> own = new ArrayList<>();
    List<Frame> square = new ArrayList<>();
    List<Frame> low = new ArrayList<>();
    reader.read(
        clip,
        List.of(
            collect(FrameRequest.atRate(24), own),
            collect(new FrameRequest(10, 224, 224), square),
            collect(new FrameRequest(30, 0, 32), low)),
        new TestRun());
    assertThat(own).hasSize(48).allMatch(frame -> frame.width() == 96 && frame.height() == 64);
    assertThat(square).hasSize(20).allMatch(frame -> frame.width() == 224 && frame.height() == 224);
    assertThat(low).hasSize(60).allMatch(frame -> frame.width() == 48 && frame.height() == 32);
    assertThat(own.stream().map(TestFilm::number))
        .isEqualTo(IntStream.range(0, 48).boxed().toList());
    assertThat(square.stream().map(TestFilm::number).toList()).isEqualTo(numbers(clip, 10));
  }

  @Test
  void turnsThePictureAsTheCameraWasHeld() {
    // Quarter turn clockwise: what was the upper left corner is shown at the upper right.
    Path film = TestFilm.small().turned(0, 1, -1, 0).write(folder.resolve("a.mp4"));
    FilmClip clip = reader.probe(film);
    assertThat(clip.width()).isEqualTo(64);
    assertThat(clip.height()).isEqualTo(96);
    Frame frame = frames(clip, FrameRequest.atRate(24)).get(0);
    assertThat(frame.width()).isEqualTo(64);
    assertThat(frame.height()).isEqualTo(96);
    assertThat(TestFilm.brightness(frame, 0.25, 0.05)).isLessThan(60);
    assertThat(TestFilm.brightness(frame, 0.25, 0.95)).isGreaterThan(190);
    Frame small = frames(clip, new FrameRequest(24, 0, 48)).get(0);
    assertThat(small.width()).isEqualTo(32);
  }

  @Test
  void tenBitsGiveTheSamePictureAsEight() {
    FilmClip eight =
        reader.probe(TestFilm.small().encoder("ffv1", "yuv420p").write(folder.resolve("8.mkv")));
    FilmClip ten =
        reader.probe(
            TestFilm.small().encoder("ffv1", "yuv420p10le").write(folder.resolve("10.mkv")));
    byte[] a = frames(eight, FrameRequest.atRate(24)).get(5).rgb();
    byte[] b = frames(ten, FrameRequest.atRate(24)).get(5).rgb();
    for (int i = 0; i < a.length; i++) {
      assertThat(b[i] & 0xFF).isCloseTo(a[i] & 0xFF, within(3));
    }
  }

  @Test
  void everyReaderMayStopEarly() {
    FilmClip clip = reader.probe(TestFilm.small().length(250, 25).write(folder.resolve("a.mp4")));
    List<Frame> all = new ArrayList<>();
    List<Frame> one = new ArrayList<>();
    reader.read(
        clip,
        List.of(
            new Subscription(FrameRequest.atRate(25), source -> one.add(source.next())),
            collect(FrameRequest.atRate(25), all)),
        new TestRun());
    assertThat(one).hasSize(1);
    assertThat(all).hasSize(250);
    reader.read(
        clip, List.of(new Subscription(FrameRequest.atRate(25), source -> {})), new TestRun());
  }

  @Test
  void anErrorOfOneReaderEndsTheOthersAndIsTheOneThatIsThrown() {
    FilmClip clip = reader.probe(TestFilm.small().length(250, 25).write(folder.resolve("a.mp4")));
    List<Frame> seen = new ArrayList<>();
    List<RuntimeException> told = new ArrayList<>();
    IllegalArgumentException error = new IllegalArgumentException("no weights");
    assertThatThrownBy(
            () ->
                reader.read(
                    clip,
                    List.of(
                        new Subscription(
                            FrameRequest.atRate(25),
                            source -> {
                              source.next();
                              throw error;
                            }),
                        new Subscription(
                            FrameRequest.atRate(25),
                            source -> {
                              try {
                                slowly(source, seen);
                              } catch (RuntimeException e) {
                                told.add(e);
                                throw e;
                              }
                            })),
                    new TestRun()))
        .isSameAs(error);
    assertThat(seen).hasSizeLessThan(250);
    assertThat(told)
        .singleElement()
        .isInstanceOfSatisfying(
            MaestroException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
  }

  private static void slowly(maestro.api.film.FrameSource source, List<Frame> seen) {
    for (Frame frame = source.next(); frame != null; frame = source.next()) {
      seen.add(frame);
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void cancelStopsTheDecoderAndTheReaders() {
    FilmClip clip = reader.probe(TestFilm.small().length(250, 25).write(folder.resolve("a.mp4")));
    TestRun run = new TestRun();
    List<Frame> seen = new ArrayList<>();
    assertThatThrownBy(
            () ->
                reader.read(
                    clip,
                    List.of(
                        new Subscription(
                            FrameRequest.atRate(25),
                            source -> {
                              for (Frame f = source.next(); f != null; f = source.next()) {
                                seen.add(f);
                                if (seen.size() == 3) {
                                  run.cancel();
                                }
                              }
                            })),
                    run))
        .isInstanceOfSatisfying(
            MaestroException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
    assertThat(seen).hasSizeLessThan(250);
  }

  @Test
  void aSlowReaderHoldsTheDecoderBack() {
    FilmClip clip = reader.probe(TestFilm.small().length(250, 25).write(folder.resolve("a.mp4")));
    int[] fast = new int[1];
    int[] ahead = new int[1];
    reader.read(
        clip,
        List.of(
            new Subscription(
                FrameRequest.atRate(25),
                source -> {
                  while (source.next() != null) {
                    synchronized (fast) {
                      fast[0]++;
                    }
                  }
                }),
            new Subscription(
                FrameRequest.atRate(25),
                source -> {
                  int slow = 0;
                  while (slow < 20 && source.next() != null) {
                    slow++;
                    pause();
                    synchronized (fast) {
                      ahead[0] = Math.max(ahead[0], fast[0] - slow);
                    }
                  }
                })),
        new TestRun());
    assertThat(fast[0]).isEqualTo(250);
    // Eight in the queue, one being handed over, one held for its end.
    assertThat(ahead[0]).isLessThanOrEqualTo(10);
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesWhatIsLargerThanAllowed() {
    Path film = TestFilm.small().length(48, 24).write(folder.resolve("a.mp4"));
    assertThatThrownBy(() -> new FfmpegMediaReader(new Limits(1000, 3600, 64, 20, 1)).probe(film))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("maximumPixels");
    assertThatThrownBy(() -> new FfmpegMediaReader(new Limits(1 << 26, 1, 64, 20, 1)).probe(film))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("maximumHours");
  }

  @Test
  void readsFilmsWithOddNames() {
    for (String name :
        List.of("ü ñ 電影.mp4", "http:film.mp4", "a%03d.mp4", "concat:x|y.mp4", "-i.mp4")) {
      Path film = TestFilm.small().write(folder.resolve("plain.mp4"));
      try {
        Path odd = Files.move(film, folder.resolve(name));
        assertThat(reader.probe(odd).width()).isEqualTo(96);
      } catch (java.io.IOException e) {
        throw new AssertionError(name, e);
      }
    }
  }

  private List<Integer> numbers(FilmClip clip, double rate) {
    return frames(clip, FrameRequest.atRate(rate)).stream().map(TestFilm::number).toList();
  }

  private List<Frame> frames(FilmClip clip, FrameRequest request) {
    List<Frame> frames = new ArrayList<>();
    reader.read(clip, List.of(collect(request, frames)), new TestRun());
    return frames;
  }

  private static Subscription collect(FrameRequest request, List<Frame> frames) {
    return new Subscription(
        request,
        source -> {
          for (Frame frame = source.next(); frame != null; frame = source.next()) {
            frames.add(frame);
          }
        });
  }
}
