package maestro.media;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import maestro.api.film.FilmClip;
import maestro.api.film.FrameRequest;
import maestro.api.media.MediaReader.Subscription;
import maestro.contracts.TestRun;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time to decode and scale a whole film, and of ffmpeg's own program for the same. Run {@code
 * org.openjdk.jmh.Main ReadingBenchmark -p film=FILE -p program=ffmpeg} with the test class path.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(1)
public class ReadingBenchmark {
  /** The film. */
  @Param("../../../distribution/samples/sintel-10s.mp4")
  public String film;

  /** Frames per second. */
  @Param({"10", "24"})
  public double rate;

  /** Width and height, 0 for the film's own. */
  @Param({"0", "224"})
  public int side;

  /** The program to compare with. */
  @Param("ffmpeg")
  public String program;

  private FfmpegMediaReader reader;
  private FilmClip clip;

  /** Looks at the film. */
  @Setup
  public void probe() {
    reader = new FfmpegMediaReader(new Limits(1 << 26, 3600, 64, 120, processors()));
    clip = reader.probe(Path.of(film));
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Maestro. */
  @Benchmark
  public long maestro() {
    long[] bytes = new long[1];
    reader.read(
        clip,
        List.of(
            new Subscription(
                new FrameRequest(rate, side, side),
                source -> {
                  for (var frame = source.next(); frame != null; frame = source.next()) {
                    bytes[0] += frame.rgb().length;
                  }
                })),
        new TestRun());
    return bytes[0];
  }

  /** The program, which throws its pictures away as well. */
  @Benchmark
  public int program() throws Exception {
    String filters = "fps=" + rate + (side > 0 ? ",scale=" + side + ":" + side : "");
    return new ProcessBuilder(
            program,
            "-v",
            "error",
            "-nostdin",
            "-i",
            film,
            "-an",
            "-vf",
            filters,
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-y",
            "/dev/null")
        .inheritIO()
        .start()
        .waitFor();
  }
}
