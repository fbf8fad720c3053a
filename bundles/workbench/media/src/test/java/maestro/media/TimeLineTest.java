package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.media.MediaReader.Subscription;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import maestro.contracts.TestRun;
import maestro.media.EditList.Edit;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One time line for a film: what readers see, how long it is, and what a result shows and lets hear
 * are never more than half a picture apart. Every picture says its number, so each is a flash; the
 * click in the sound belongs to one of them.
 */
@Timeout(60)
class TimeLineTest {
  private static final Provenance NOTE = new Provenance("{}");
  private static final int RATE = 24;
  private static final double HALF = 0.5 / RATE;
  private static final int PICTURES = 96;

  private final Limits limits = new Limits(1 << 26, 3600, 64, 20, 2);
  private final FfmpegMediaReader reader = new FfmpegMediaReader(limits);
  private final FfmpegMediaWriter writer = new FfmpegMediaWriter(limits);

  @TempDir Path folder;

  /** What an edit list shows, in pictures; one from -1 on, at its beginning, shows nothing. */
  private record Shown(int from, int count) {
    static List<Integer> numbers(List<Shown> list) {
      return list.stream()
          .filter(one -> one.from() >= 0)
          .flatMap(one -> IntStream.range(one.from(), one.from() + one.count()).boxed())
          .toList();
    }
  }

  private static final List<Shown> ALL = List.of(new Shown(0, PICTURES));

  private static Stream<Arguments> films() {
    List<List<Shown>> edits =
        List.of(
            ALL,
            List.of(new Shown(31, 40)),
            List.of(new Shown(24, 72)),
            List.of(new Shown(31, 20), new Shown(5, 17), new Shown(60, 30)),
            List.of(new Shown(24, 12), new Shown(60, 12)),
            List.of(new Shown(-1, 30), new Shown(7, 50)));
    List<Arguments> films = new ArrayList<>();
    for (int reordered : new int[] {0, 2}) {
      for (String ending : List.of("mp4", "mov")) {
        for (List<Shown> list : edits) {
          films.add(Arguments.of(ending, reordered, 0, list));
        }
        films.add(Arguments.of(ending, reordered, 3 * RATE, ALL));
      }
      for (String ending : List.of("mkv", "ts")) {
        films.add(Arguments.of(ending, reordered, 0, ALL));
        films.add(Arguments.of(ending, reordered, 3 * RATE, ALL));
      }
    }
    return films.stream();
  }

  @ParameterizedTest
  @MethodSource("films")
  void readersAndResultsShareOneTimeLine(String ending, int reordered, int start, List<Shown> edits)
      throws IOException {
    Path film = film(ending, reordered, start, edits);
    List<Integer> numbers = Shown.numbers(edits);
    FilmClip clip = reader.probe(film);
    assertThat(clip.durationSeconds()).isCloseTo(numbers.size() / (double) RATE, within(HALF));
    assertThat(numbers(clip)).isEqualTo(numbers);
    double click = (numbers.size() * 2 / 3 + 0.5) / RATE;
    for (String to : List.of("mp4", "mov", "mkv")) {
      Path result = folder.resolve("result." + to);
      try {
        writer.film(result, clip, click(click, clip.durationSeconds()), NOTE);
      } catch (MaestroException e) {
        assertThat(to).isEqualTo("mkv");
        assertThat(edits).isNotEqualTo(ALL);
        assertThat(e.getMessage())
            .isEqualTo(
                "film."
                    + ending
                    + ": an MKV file cannot hold its edit list, which hides a part of its picture;"
                    + " name the result .mp4, which can");
        continue;
      }
      FilmClip scored = reader.probe(result);
      assertThat(scored.durationSeconds()).isCloseTo(clip.durationSeconds(), within(HALF / 10));
      assertThat(numbers(scored)).as(to).isEqualTo(numbers);
      assertThat(heard(reader.sound(result))).as(to).isCloseTo(click, within(HALF));
      assertThat(reader.sound(result).seconds())
          .isCloseTo(clip.durationSeconds(), within(1024 / 16_000.0));
      // FFmpeg's demultiplexer shows the pictures of each further edit one picture later than the
      // standard says where they are not decoded in order.
      if (edits.size() < 3 || reordered == 0) {
        assertThat(stored(result, click)).as(to).isEqualTo(numbers.get((int) (click * RATE)));
      }
    }
  }

  /** A piece of an edited film is sought in it, and must be the same as read from its beginning. */
  @ParameterizedTest
  @MethodSource("films")
  void aPieceHasThePicturesOfTheWholeFilm(
      String ending, int reordered, int start, List<Shown> edits) throws IOException {
    FilmClip clip = reader.probe(film(ending, reordered, start, edits));
    List<Integer> whole = numbers(clip);
    for (int first = 1; first < whole.size(); first += 5) {
      assertThat(numbers(clip.piece(first / (double) RATE + 1e-9, 1)))
          .as("from " + first)
          .isEqualTo(whole.subList(first, whole.size()));
    }
  }

  /** A film whose sound begins before or after its picture. */
  @ParameterizedTest
  @CsvSource({"mp4, 72", "mov, 72", "mkv, 72", "ts, 72", "mp4, 7", "mkv, 7", "ts, 7", "mkv, 0"})
  void aFilmsOwnSoundKeepsItsTimeLineToo(String ending, int start) {
    Path film = folder.resolve("film." + ending);
    double flash = 20.5 / RATE;
    TestFilm.small()
        .length(PICTURES, RATE)
        .encoder("mpeg2video", "yuv420p")
        .times(n -> n + start)
        .sound(click(start / (double) RATE + flash, 9))
        .write(film);
    FilmClip clip = reader.probe(film);
    assertThat(numbers(clip).get((int) (flash * RATE))).isEqualTo(20);
    assertThat(heard(reader.sound(film))).isCloseTo(flash, within(HALF));
    Sound piece = reader.sound(film, 0.5, 1);
    assertThat(heard(piece)).isCloseTo(flash - 0.5, within(HALF));
  }

  @Test
  void aLateBeginningIsSaidBeforeTheWork() {
    Path film = film("mkv", 0, 72, 9);
    assertThat(writer.foresee(folder.resolve("a.wav"), reader.probe(film)))
        .containsExactly(
            "film.mkv: its picture begins at 3.000 s, and so does the music; put it there, or cut what is before");
    assertThat(writer.foresee(folder.resolve("a.wav"), reader.probe(film("mkv", 0, 0, 9))))
        .isEmpty();
  }

  @Test
  void theFilmThatWasTrimmedIsAsLongAsWhatIsShown() throws Exception {
    FilmClip clip = reader.probe(resource("trimmed.mp4"));
    assertThat(clip.durationSeconds()).isCloseTo(100 / 24.0, within(1e-3));
    List<Frame> frames = frames(clip, 24);
    assertThat(frames).hasSize(100);
    Path result = folder.resolve("result.mp4");
    writer.film(result, clip, click(2, clip.durationSeconds()), NOTE);
    FilmClip scored = reader.probe(result);
    assertThat(scored.durationSeconds()).isCloseTo(clip.durationSeconds(), within(1e-3));
    List<Frame> shown = frames(scored, 24);
    assertThat(shown).hasSize(100);
    for (int n = 0; n < 100; n++) {
      assertThat(shown.get(n).rgb()).as("picture " + n).isEqualTo(frames.get(n).rgb());
    }
    assertThat(heard(reader.sound(result))).isCloseTo(2, within(0.005));
  }

  @Test
  void theFilmWithFewPicturesIsAsLongAsItSays() throws Exception {
    FilmClip clip = reader.probe(resource("sparse.mp4"));
    assertThat(clip.durationSeconds()).isCloseTo(5.7, within(1e-3));
    List<Frame> frames = frames(clip, 30);
    assertThat(frames).hasSize(171);
    for (int n = 0; n < 171; n++) {
      int expected = n < 90 ? 0 : n < 170 ? 90 : 170;
      assertThat(frames.get(n).rgb()).as("frame " + n).isEqualTo(frames.get(expected).rgb());
    }
    assertThat(frames.get(90).rgb()).isNotEqualTo(frames.get(0).rgb());
    assertThat(frames.get(170).rgb()).isNotEqualTo(frames.get(90).rgb());
    for (String ending : List.of("mp4", "mov", "mkv")) {
      Path result = folder.resolve("result." + ending);
      writer.film(result, clip, click(3, clip.durationSeconds()), NOTE);
      assertThat(reader.probe(result).durationSeconds()).as(ending).isCloseTo(5.7, within(0.02));
      assertThat(frames(reader.probe(result), 30)).hasSize(171);
    }
  }

  @ParameterizedTest
  @CsvSource({"mp4", "mov", "mkv"})
  void picturesAtUnevenTimesAreShownAtThem(String ending) {
    int[] times = {0, 1, 2, 12, 13, 40, 41, 42, 90, 94};
    Path film = folder.resolve("film." + ending);
    TestFilm.small().length(10, RATE).times(n -> times[n]).write(film);
    FilmClip clip = reader.probe(film);
    List<Integer> numbers = numbers(clip);
    for (int n = 0; n < 9; n++) {
      assertThat(numbers.subList(times[n], times[n + 1])).containsOnly(n);
    }
    assertThat(clip.durationSeconds()).isCloseTo(95.0 / RATE, within(HALF));
    for (String to : List.of("mp4", "mov", "mkv")) {
      Path result = folder.resolve("result." + to);
      writer.film(result, clip, click(1, clip.durationSeconds()), NOTE);
      assertThat(numbers(reader.probe(result))).as(to).isEqualTo(numbers);
    }
  }

  /** A stream that was cut: its first pictures lean on one that is missing. */
  @Test
  void theTimeLineBeginsWithTheFirstPictureThatCanBeDecoded() throws IOException {
    Path whole = film("ts", 0, 0, 9);
    byte[] bytes = java.nio.file.Files.readAllBytes(whole);
    // Packets of 188 bytes: those of the first group are left out but for the tables and its end.
    Path film = folder.resolve("cut.ts");
    int from = bytes.length / 188 / 14 * 188;
    byte[] cut = java.util.Arrays.copyOfRange(bytes, from, bytes.length);
    byte[] tables = java.util.Arrays.copyOf(bytes, 3 * 188);
    try (var out = java.nio.file.Files.newOutputStream(film)) {
      out.write(tables);
      out.write(cut);
    }
    FilmClip clip = reader.probe(film);
    List<Integer> numbers = numbers(clip);
    int first = numbers.get(0);
    assertThat(first).isBetween(1, 24);
    assertThat(numbers).isEqualTo(IntStream.range(first, PICTURES).boxed().toList());
    assertThat(clip.durationSeconds()).isCloseTo((PICTURES - first) / (double) RATE, within(HALF));
    for (String ending : List.of("mp4", "mkv")) {
      Path result = folder.resolve("result." + ending);
      writer.film(result, clip, click(2.02, clip.durationSeconds()), NOTE);
      assertThat(numbers(reader.probe(result))).isEqualTo(numbers);
      assertThat(stored(result, 2.02)).isEqualTo(numbers.get((int) (2.02 * RATE)));
    }
  }

  @Test
  void aFilmThatDoesNotSayWhenItsPicturesAreShownIsRefused() {
    Path film = folder.resolve("film.avi");
    TestFilm.small().length(PICTURES, RATE).coding(coder -> coder.max_b_frames(2)).write(film);
    FilmClip clip = reader.probe(film);
    assertThatThrownBy(() -> writer.foresee(folder.resolve("a.mp4"), clip))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("it does not say when its pictures are shown");
    assertThat(writer.foresee(folder.resolve("a.wav"), clip)).isEmpty();
  }

  private Path film(String ending, int reordered, int start, double seconds) {
    Path film = folder.resolve("film." + ending);
    TestFilm.small()
        .encoder("mpeg2video", "yuv420p")
        .length(PICTURES, RATE)
        .times(n -> n + start)
        .coding(coder -> coder.max_b_frames(reordered).bit_rate(2_000_000))
        .sound(click(1, seconds))
        .write(film);
    return film;
  }

  private Path film(String ending, int reordered, int start, List<Shown> edits) throws IOException {
    Path film = folder.resolve("film." + ending);
    TestFilm.small()
        .encoder("mpeg2video", "yuv420p")
        .length(PICTURES, RATE)
        .times(n -> n + start)
        .coding(coder -> coder.max_b_frames(reordered).bit_rate(2_000_000))
        .write(film);
    if (!edits.equals(ALL)) {
      // The first picture is shown one later than it is decoded.
      List<Edit> list = new ArrayList<>();
      for (Shown one : edits) {
        long media = one.from() < 0 ? -1 : (one.from() + 1L) * TestFilm.TIME_SCALE;
        list.add(new Edit(0, media, (long) one.count() * TestFilm.TIME_SCALE));
      }
      IndexFile.edit(film, list);
    }
    return film;
  }

  private static Sound click(double atSeconds, double seconds) {
    float[] click = new float[(int) Math.round(seconds * 16_000)];
    int at = (int) Math.round(atSeconds * 16_000);
    for (int i = -40; i < 40; i++) {
      click[at + i] = (float) Math.sin(2 * Math.PI * 1000 * i / 16_000);
    }
    return Sound.mono(click, 16_000);
  }

  /** When the click is heard. */
  private static double heard(Sound sound) {
    float[] samples = sound.channels()[0];
    double weight = 0;
    double centre = 0;
    for (int i = 0; i < samples.length; i++) {
      weight += samples[i] * samples[i];
      centre += (double) i * samples[i] * samples[i];
    }
    return centre / weight / sound.sampleRateHz();
  }

  /**
   * Number of the picture that a result has under a time, counted as its sound's times are: told by
   * its decoder alone.
   */
  private int stored(Path result, double atSeconds) {
    try (MediaFile file = MediaFile.open(result, limits);
        Decoder decoder = new Decoder(file, file.picture());
        FrameScaler scaler =
            new FrameScaler(
                reader.probe(result), FrameRequest.atRate(24), Orientation.UPRIGHT, 1, "film")) {
      double tick = Ffmpeg.number(file.picture().time_base());
      double sound = startOfSound(result);
      int number = -1;
      for (AVFrame one = decoder.next(); one != null; one = decoder.next()) {
        if (one.best_effort_timestamp() * tick - sound <= atSeconds + 1e-6) {
          number = TestFilm.number(new Frame(0, 96, 64, scaler.rgb(one)));
        }
      }
      return number;
    }
  }

  private double startOfSound(Path result) {
    try (MediaFile file = MediaFile.open(result, limits);
        Decoder decoder = new Decoder(file, file.sound().orElseThrow())) {
      return decoder.next().best_effort_timestamp()
          * Ffmpeg.number(file.sound().orElseThrow().time_base());
    }
  }

  private List<Integer> numbers(FilmClip clip) {
    return frames(clip, RATE).stream().map(TestFilm::number).toList();
  }

  private List<Frame> frames(FilmClip clip, double rate) {
    List<Frame> frames = new ArrayList<>();
    reader.read(
        clip,
        List.of(
            new Subscription(
                FrameRequest.atRate(rate),
                source -> {
                  for (Frame frame = source.next(); frame != null; frame = source.next()) {
                    frames.add(frame);
                  }
                })),
        new TestRun());
    return frames;
  }

  private static Path resource(String name) throws Exception {
    return Path.of(TimeLineTest.class.getResource(name).toURI());
  }
}
