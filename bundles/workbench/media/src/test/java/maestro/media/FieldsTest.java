package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.media.MediaReader.Subscription;
import maestro.contracts.TestRun;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Films whose pictures are of two fields, taken one after the other. A bar that moves from left to
 * right is at another place in each field; in a whole picture it has straight edges, and is where
 * the earlier field has it.
 */
@Timeout(60)
class FieldsTest {
  private final Limits limits = new Limits(1 << 26, 3600, 64, 20, 2);
  private final FfmpegMediaReader reader = new FfmpegMediaReader(limits);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "mpeg2video, yuv420p, ts, true",
    "mpeg2video, yuv420p, mpg, false",
    "mpeg2video, yuv420p, mov, true",
    "prores_ks, yuv422p10le, mov, true",
    "prores_ks, yuv422p10le, mov, false",
    "ffv1, yuv422p, mkv, true",
    "ffv1, yuv420p, mkv, false",
    "mpeg4, yuv420p, mp4, true"
  })
  void picturesOfTwoFieldsAreMadeWhole(
      String encoder, String pixels, String ending, boolean topFirst) {
    TestFilm film =
        TestFilm.small()
            .encoder(encoder, pixels)
            .size(192, 128)
            .length(24, 25)
            .fields(0, topFirst)
            .coding(coder -> coder.bit_rate(8_000_000));
    FilmClip clip = reader.probe(film.write(folder.resolve("a." + ending)));
    assertWhole(film, clip);
  }

  @Test
  void theFieldsOfDvAreMadeWhole() {
    TestFilm film =
        TestFilm.small()
            .encoder("dvvideo", "yuv420p")
            .size(720, 576)
            .length(24, 25)
            .fields(0, false);
    assertWhole(film, reader.probe(film.write(folder.resolve("a.avi"))));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 13, 23})
  void aFilmMayBecomeOneOfFieldsPartway(int from) {
    TestFilm film =
        TestFilm.small()
            .encoder("ffv1", "yuv420p")
            .size(192, 128)
            .length(24, 25)
            .fields(from, true);
    TestFilm progressive = film.fields(24, true);
    FilmClip clip = reader.probe(film.write(folder.resolve("a.mkv")));
    assertWhole(film, clip);
    List<Frame> before = frames(reader.probe(progressive.write(folder.resolve("b.mkv"))), 25);
    for (int n = 0; n < from; n++) {
      assertThat(frames(clip, 25).get(n).rgb()).as("picture " + n).isEqualTo(before.get(n).rgb());
    }
  }

  @Test
  void theFieldsOfH264AreMadeWhole() throws Exception {
    FilmClip clip = reader.probe(Path.of(FieldsTest.class.getResource("fields.mp4").toURI()));
    assertThat(clip.durationSeconds()).isCloseTo(1, within(1e-6));
    List<Frame> frames = frames(clip, 25);
    assertThat(frames).hasSize(25);
    for (int n = 0; n < 25; n++) {
      assertThat(frames.get(n).timeSeconds()).isCloseTo(n / 25.0, within(1e-9));
    }
    // The picture is full of fine lines of its own.
    assertThat(combs(frames.get(11))).isLessThan(0.9 * combs(stored(clip, 11)));
  }

  /** A piece is decoded from a picture before it; what it shows must not depend on which. */
  @ParameterizedTest
  @ValueSource(strings = {"mp4", "mkv"})
  void aPieceHasThePicturesOfTheWholeFilm(String ending) {
    TestFilm film =
        TestFilm.small()
            .encoder("mpeg2video", "yuv420p")
            .size(192, 128)
            .length(120, 25)
            .fields(40, true)
            .coding(coder -> coder.bit_rate(4_000_000));
    FilmClip clip = reader.probe(film.write(folder.resolve("a." + ending)));
    List<Frame> whole = frames(clip, 25);
    for (int first = 30; first < 70; first++) {
      List<Frame> piece = frames(clip.piece(first / 25.0 + 1e-9, 0.2), 25);
      assertThat(piece).hasSize(120 - first);
      for (int i = 0; i < 5; i++) {
        assertThat(piece.get(i).rgb())
            .as("picture %s of the piece from %s", i, first)
            .isEqualTo(whole.get(first + i).rgb());
      }
    }
  }

  private void assertWhole(TestFilm film, FilmClip clip) {
    assertThat(clip.durationSeconds()).isCloseTo(24 / 25.0, within(0.001));
    List<Frame> frames = frames(clip, 25);
    assertThat(frames.stream().map(TestFilm::number))
        .isEqualTo(IntStream.range(0, 24).boxed().toList());
    for (int n = 0; n < 24; n++) {
      Frame frame = frames.get(n);
      int bar = film.bar(n) * frame.width() / film.width();
      double sum = 0;
      int outside = 0;
      for (int y = frame.height() * 5 / 8; y < frame.height() * 7 / 8; y++) {
        sum += bright(frame, bar + frame.width() / 16, y);
        // Behind the bar of the later field, where a picture that is not whole has stripes.
        outside = Math.max(outside, bright(frame, bar + frame.width() * 5 / 32, y));
      }
      assertThat(sum / (frame.height() / 4)).as("in the bar of picture " + n).isGreaterThan(180);
      assertThat(outside).as("behind the bar of picture " + n).isLessThan(110);
    }
  }

  private static int bright(Frame frame, int x, int y) {
    return frame.rgb()[3 * (y * frame.width() + x) + 1] & 0xFF;
  }

  /** How far a line is from the mean of its neighbours, on average. */
  private static double combs(Frame frame) {
    long sum = 0;
    for (int y = 1; y < frame.height() - 1; y++) {
      for (int x = 0; x < frame.width(); x++) {
        sum +=
            Math.abs(2 * bright(frame, x, y) - bright(frame, x, y - 1) - bright(frame, x, y + 1));
      }
    }
    return (double) sum / frame.width() / frame.height();
  }

  /** A picture as it is stored, with both fields. */
  private Frame stored(FilmClip clip, int number) {
    try (MediaFile file = MediaFile.open(clip.file(), limits);
        Decoder decoder = new Decoder(file, file.picture());
        FrameScaler scaler =
            new FrameScaler(clip, FrameRequest.atRate(25), Orientation.UPRIGHT, 1, "film")) {
      AVFrame stored = decoder.next();
      for (int n = 0; n < number; n++) {
        stored = decoder.next();
      }
      assertThat(Deinterlacer.isOfFields(stored)).isTrue();
      stored.flags(stored.flags() & ~AVFrame.AV_FRAME_FLAG_INTERLACED);
      return new Frame(0, clip.width(), clip.height(), scaler.rgb(stored));
    }
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
}
