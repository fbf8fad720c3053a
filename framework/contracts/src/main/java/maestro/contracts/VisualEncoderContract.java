package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.VisualEncoder;
import maestro.api.pack.ModelPack;
import org.junit.jupiter.api.Test;

/** What a host expects of every {@link VisualEncoder}. Extend it and return your encoder. */
public abstract class VisualEncoderContract {
  /** The encoder under test; a new one or the same each time. */
  protected abstract VisualEncoder encoder();

  /** The pack an encoder with weights reads from; null for one without. */
  protected ModelPack pack() {
    return null;
  }

  /** Seconds of film the tests make; shorter for slow networks. */
  protected double seconds() {
    return 2;
  }

  @Test
  void givesAVectorOfTheWidthItSays() {
    FilmFeature feature = encode(encoder(), new TestRun(7, pack()), film(1));
    assertThat(feature.vector()).hasSize(encoder().featureWidth());
  }

  @Test
  void saysTheSameOfTheSameFilm() {
    assertThat(encode(encoder(), new TestRun(1, pack()), film(3)).vector())
        .containsExactly(encode(encoder(), new TestRun(2, pack()), film(3)).vector());
  }

  @Test
  void copesWithASingleFrame() {
    FilmFeature feature =
        encode(encoder(), new TestRun(7, pack()), new ArrayDeque<>(List.of(film(1).getFirst())));
    assertThat(feature.vector()).hasSize(encoder().featureWidth());
  }

  @Test
  void copesWithBlackAndWithWhite() {
    for (int level : new int[] {0, 255}) {
      FilmFeature feature = encode(encoder(), new TestRun(7, pack()), plain(level));
      assertThat(feature.vector()).hasSize(encoder().featureWidth());
    }
  }

  @Test
  void leavesTheFramesAsTheyWere() {
    Deque<Frame> film = film(1);
    List<Frame> frames = List.copyOf(film);
    List<byte[]> before = frames.stream().map(frame -> frame.rgb().clone()).toList();
    encode(encoder(), new TestRun(7, pack()), film);
    for (int i = 0; i < frames.size(); i++) {
      assertThat(frames.get(i).rgb()).isEqualTo(before.get(i));
    }
  }

  @Test
  void stopsWhenTheRunIsCancelled() {
    TestRun run = new TestRun(7, pack());
    run.cancel();
    assertThatThrownBy(() -> encode(encoder(), run, film(1)))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.CANCELLED));
  }

  @Test
  void withoutAPackItEncodesOrSaysWhichWeightsAreMissing() {
    FilmFeature feature;
    try {
      feature = encode(encoder(), new TestRun(), film(1));
    } catch (MaestroException e) {
      assertThat(e.kind()).isEqualTo(MaestroException.Kind.CONFIGURATION);
      assertThat(e).hasMessageContaining("encoder.");
      return;
    }
    assertThat(feature.vector()).hasSize(encoder().featureWidth());
  }

  private static FilmFeature encode(VisualEncoder encoder, TestRun run, Deque<Frame> frames) {
    Frame first = frames.getFirst();
    FilmClip clip =
        new FilmClip(
            Path.of("contract.mp4"),
            "00",
            first.width(),
            first.height(),
            encoder.frames().framesPerSecond(),
            frames.size() / encoder.frames().framesPerSecond(),
            false);
    FrameSource source =
        () -> {
          run.checkCancelled();
          return frames.poll();
        };
    return encoder.encode(clip, source, run);
  }

  /** A moving pattern with one cut in the middle. */
  private Deque<Frame> film(int seed) {
    Deque<Frame> frames = new ArrayDeque<>();
    int count = count();
    for (int i = 0; i < count; i++) {
      boolean second = i >= count / 2;
      byte[] rgb = new byte[3 * width() * height()];
      for (int y = 0; y < height(); y++) {
        for (int x = 0; x < width(); x++) {
          int at = 3 * (y * width() + x);
          rgb[at] = (byte) (seed * 17 + (second ? 40 + y : 2 * x + 3 * i));
          rgb[at + 1] = (byte) (second ? x * y / 8 : y + i);
          rgb[at + 2] = (byte) (second ? 200 : 30 + x);
        }
      }
      frames.add(new Frame(i / request().framesPerSecond(), width(), height(), rgb));
    }
    return frames;
  }

  private Deque<Frame> plain(int level) {
    Deque<Frame> frames = new ArrayDeque<>();
    byte[] rgb = new byte[3 * width() * height()];
    java.util.Arrays.fill(rgb, (byte) level);
    for (int i = 0; i < count(); i++) {
      frames.add(new Frame(i / request().framesPerSecond(), width(), height(), rgb));
    }
    return frames;
  }

  private int count() {
    return (int) Math.max(2, Math.ceil(seconds() * request().framesPerSecond()));
  }

  private FrameRequest request() {
    return encoder().frames();
  }

  private int height() {
    if (request().height() > 0) {
      return request().height();
    }
    return request().width() > 0 ? Math.max(1, request().width() * 9 / 16) : 90;
  }

  private int width() {
    return request().width() > 0 ? request().width() : height() * 16 / 9;
  }
}
