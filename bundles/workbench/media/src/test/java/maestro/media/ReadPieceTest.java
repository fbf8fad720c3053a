package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.media.MediaReader.Subscription;
import maestro.api.sound.Sound;
import maestro.contracts.TestRun;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The films beside this class are eight seconds of ffmpeg's {@code testsrc2} in H.264 by x264, each
 * with what makes seeking go wrong: groups of 60 pictures whose B-frames lean on the group before;
 * groups of 100 and pictures that come early, late or after a gap; a picture that is renewed column
 * by column; a container without an index.
 */
@Timeout(60)
class ReadPieceTest {
  private final Limits limits = new Limits(1 << 26, 3600, 64, 20, 2);
  private final FfmpegMediaReader reader = new FfmpegMediaReader(limits);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"open-gop.mp4", "variable-rate.mkv", "intra-refresh.mp4", "stream.ts", "sample"})
  void aPieceHasTheFramesOfTheWholeFilm(String name) throws Exception {
    Path film =
        name.equals("sample")
            ? Path.of("../../../distribution/samples/sintel-10s.mp4")
            : resource(name);
    FilmClip clip = reader.probe(film);
    for (double rate : new double[] {0.7, 10, 25, 30}) {
      List<Frame> whole = frames(clip, rate);
      for (double start : new double[] {0.31, 1, 2.4, 2.52, 4.79, 6.8, 7.99}) {
        List<Frame> piece = frames(clip.piece(start, 1), rate);
        int first = (int) Math.floor(start * rate + 1e-9);
        assertThat(piece).as("%s from %s s at %s", name, start, rate).hasSize(whole.size() - first);
        for (int i = 0; i < piece.size(); i++) {
          Frame expected = whole.get(first + i);
          assertThat(piece.get(i).timeSeconds()).isEqualTo(expected.timeSeconds());
          assertThat(Arrays.equals(piece.get(i).rgb(), expected.rgb()))
              .as("%s from %s s at %s, frame %s", name, start, rate, first + i)
              .isTrue();
        }
      }
    }
  }

  @Test
  void readersOfDifferentRatesShareOneSeek() throws Exception {
    FilmClip clip = reader.probe(resource("open-gop.mp4"));
    List<Frame> slow = new ArrayList<>();
    List<Frame> fast = new ArrayList<>();
    reader.read(
        clip.piece(5.5, 1),
        List.of(subscription(0.5, slow), subscription(25, fast)),
        new TestRun());
    // Every two seconds: the frame of 4 s is still shown at 5.5 s.
    assertThat(slow).extracting(Frame::timeSeconds).containsExactly(4.0, 6.0);
    assertThat(fast).hasSize(200 - 137);
    assertThat(slow.get(0).rgb()).isEqualTo(frames(clip, 0.5).get(2).rgb());
  }

  @Test
  void aPieceBeyondTheEndIsTheLastPicture() throws Exception {
    FilmClip clip = reader.probe(resource("open-gop.mp4"));
    List<Frame> whole = frames(clip, 25);
    List<Frame> piece = frames(clip.piece(20, 1), 25);
    assertThat(piece).hasSize(1);
    assertThat(piece.get(0).rgb()).isEqualTo(whole.get(199).rgb());
  }

  /** Where decoding goes on, in seconds: at the key picture, or from the beginning. */
  @ParameterizedTest
  @CsvSource({
    "open-gop.mp4, 5, 4.8",
    "open-gop.mp4, 4.8, 4.8",
    "open-gop.mp4, 4.76, 2.4",
    "variable-rate.mkv, 7, 6.76",
    "intra-refresh.mp4, 5, 0"
  })
  void decodingGoesOnAtTheLastKeyPictureThatIsWholeByItself(
      String name, double seconds, double expected) throws Exception {
    try (MediaFile file = MediaFile.open(resource(name), limits)) {
      AVStream picture = file.picture();
      double tick = Ffmpeg.number(picture.time_base());
      try (Decoder decoder = new Decoder(file, picture)) {
        decoder.next();
        decoder.seek(Math.round(seconds / tick));
        assertThat(decoder.next().best_effort_timestamp() * tick)
            .isCloseTo(expected, within(0.001));
        assertThat(decoder.damaged()).isZero();
      }
    }
  }

  @Test
  void aPieceOfSoundIsCutFromTheWhole() {
    Path file = TestFilm.small().length(72, 24).tone(3).write(folder.resolve("a.mp4"));
    Sound whole = reader.sound(file);
    Sound piece = reader.sound(file, 1.25, 0.5);
    assertThat(piece.channels()[0])
        .isEqualTo(Arrays.copyOfRange(whole.channels()[0], 20_000, 28_000));
    assertThat(reader.sound(file, 2.5, 9).length()).isEqualTo(whole.length() - 40_000);
    assertThat(reader.sound(file, 9, 1).length()).isZero();
    assertThat(reader.sound(file, 0, Double.POSITIVE_INFINITY).channels()[0])
        .isEqualTo(whole.channels()[0]);
  }

  private List<Frame> frames(FilmClip clip, double rate) {
    List<Frame> frames = new ArrayList<>();
    reader.read(clip, List.of(subscription(rate, frames)), new TestRun());
    return frames;
  }

  private static Subscription subscription(double rate, List<Frame> into) {
    return new Subscription(
        new FrameRequest(rate, 96, 0),
        source -> {
          for (Frame frame = source.next(); frame != null; frame = source.next()) {
            into.add(frame);
          }
        });
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(ReadPieceTest.class.getResource(name).toURI());
  }
}
