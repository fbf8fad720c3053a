package maestro.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.media.MediaReader;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.pack.PackRepository;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.contracts.TestPack;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class BenchCommandTest {
  private final List<String> calls = new ArrayList<>();
  private final StringWriter out = new StringWriter();

  /** A denoiser that only writes down what is asked of it. */
  private final class Unet implements Denoiser, Denoiser.Session {
    @Override
    public Format format(RunContext run) {
      return new Format(1, 4, Map.of("melody", new ControlFormat(12, 0, 1)));
    }

    @Override
    public Denoiser.Session open(RunContext run) {
      return this;
    }

    @Override
    public NoiseSchedule schedule() {
      return NoiseSchedule.audioLdm();
    }

    @Override
    public NoisePredictor predictor(
        FilmCondition film, Map<String, ControlSignal> controls, double guidanceScale) {
      return (latent, timestep) -> {
        calls.add("step " + controls.keySet());
        return latent;
      };
    }

    @Override
    public void close() {
      calls.add("closed");
    }
  }

  /** A codec that only writes down what is asked of it. */
  private final class Vae implements LatentCodec, LatentCodec.Session {
    @Override
    public Format format(RunContext run) {
      return new Format(16_000, 160, 64, 1, 4, 4);
    }

    @Override
    public LatentCodec.Session open(RunContext run) {
      return this;
    }

    @Override
    public Latent encode(Mel mel) {
      calls.add("encode");
      return new Latent(1, 1, 16, new float[16]);
    }

    @Override
    public Mel decode(Latent latent) {
      calls.add("decode");
      return new Mel(1, 64, new float[64]);
    }

    @Override
    public void close() {
      calls.add("closed");
    }
  }

  /** An encoder that looks at two frames. */
  private final class Encoder implements VisualEncoder {
    @Override
    public FrameRequest frames() {
      return FrameRequest.atRate(10);
    }

    @Override
    public int featureWidth() {
      return 1;
    }

    @Override
    public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
      frames.next();
      calls.add("encoded to " + frames.next().timeSeconds());
      return FilmFeature.of(1);
    }
  }

  /** A film of five frames, whatever rate is asked for. */
  private static final class Media implements MediaReader {
    @Override
    public FilmClip probe(Path film) {
      return new FilmClip(film, "00", 2, 1, 25, 0.2, false);
    }

    @Override
    public void read(FilmClip clip, List<Subscription> subscriptions, RunContext run) {
      for (Subscription subscription : subscriptions) {
        AtomicInteger next = new AtomicInteger();
        subscription
            .reader()
            .accept(
                () ->
                    next.get() == 5
                        ? null
                        : new Frame(next.getAndIncrement() / 5.0, 2, 1, new byte[6]));
      }
    }

    @Override
    public Sound sound(Path file) {
      throw new UnsupportedOperationException("not asked for here");
    }
  }

  private final class Registry implements PluginRegistry {
    @Override
    public List<PluginDescription> plugins() {
      return List.of(
          new PluginDescription(
              "encoder.test",
              "VisualEncoder",
              new PluginDescription.Code("maestro.encoder.test", "1", "00", "00"),
              PluginDescription.Declaration.NONE,
              List.of()));
    }

    @Override
    public PluginDescription describe(Class<?> kind, String name) {
      throw new UnsupportedOperationException("not asked for here");
    }

    @Override
    public <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings) {
      calls.add(name + " " + settings);
      Vocoder vocoder =
          (mel, run) -> {
            calls.add("vocode");
            return Sound.mono(new float[160 * mel.frames()], 16_000);
          };
      Map<Class<?>, Object> services =
          Map.of(
              Vocoder.class, vocoder,
              VisualEncoder.class, new Encoder(),
              Denoiser.class, new Unet(),
              LatentCodec.class, new Vae());
      T service = kind.cast(services.get(kind));
      return new PluginLease<>() {
        @Override
        public T service() {
          return service;
        }

        @Override
        public PluginDescription plugin() {
          throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public Map<String, Object> settings() {
          return settings;
        }

        @Override
        public String identity() {
          return name;
        }

        @Override
        public List<PluginDescription> uses() {
          return List.of();
        }

        @Override
        public void close() {
          calls.add("given back");
        }
      };
    }

    @Override
    public String code(Class<?> type) {
      return "00";
    }

    @Override
    public void check(Class<?> kind, String name, Map<String, Object> settings) {}
  }

  private int run(String... arguments) {
    PackPart branch = new PackPart("branch", Path.of("b"), "b", Map.of());
    PackPart vocoder = new PackPart("vocoder.hifigan", Path.of("v"), "v", Map.of());
    PackRepository packs =
        new PackRepository() {
          @Override
          public List<String> names() {
            return List.of("test");
          }

          @Override
          public ModelPack open(String name) {
            return TestPack.of(branch, vocoder);
          }
        };
    CommandLine command = new CommandLine(new BenchCommand(new Registry(), packs, new Media()));
    command.setOut(new PrintWriter(out));
    command.setExecutionExceptionHandler(
        (e, line, result) -> {
          out.write(e.getMessage());
          return e instanceof MaestroException known ? known.kind().exitCode() : 1;
        });
    return command.execute(arguments);
  }

  @Test
  void measuresEveryStageAndGivesEverythingBack() throws Exception {
    assertThat(run("test", "--runs", "2", "--frames", "64", "--engine", "onnx", "--json")).isZero();
    JsonNode report = new ObjectMapper().readTree(out.toString());
    for (String stage :
        List.of("guided-step", "guided-step-with-branch", "vae-encode", "vae-decode", "vocoder")) {
      assertThat(report.at("/stages/" + stage + "/seconds").asDouble(-1)).isNotNegative();
    }
    assertThat(report.at("/machine/cores").asInt()).isPositive();
    assertThat(calls).filteredOn(call -> call.equals("step []")).hasSize(3);
    assertThat(calls).filteredOn(call -> call.equals("step [melody]")).hasSize(3);
    assertThat(calls).filteredOn(call -> call.equals("vocode")).hasSize(3);
    assertThat(calls)
        .filteredOn(call -> call.equals("given back"))
        .as("five stages, and the codec for the shape of the latent of two")
        .hasSize(7);
    assertThat(calls).filteredOn(call -> call.equals("closed")).hasSize(4);
    assertThat(calls).contains("vocoder.hifigan {engine=onnx}");
  }

  @Test
  void severalEnginesRunInTurnAndAreComparedWithTheFirst() throws Exception {
    String[] peers = {"test", "--runs", "2", "--stage", "vae-decode", "--engine", "pytorch,onnx"};
    assertThat(run(peers)).isZero();
    assertThat(calls)
        .containsSubsequence("codec.music-vae {engine=pytorch}", "codec.music-vae {engine=onnx}");
    assertThat(calls).filteredOn(call -> call.equals("decode")).hasSize(6);
    assertThat(calls).filteredOn(call -> call.equals("closed")).hasSize(2);
    assertThat(out.toString())
        .contains("   pytorch")
        .containsPattern("onnx, \\d+\\.\\d\\d of pytorch");
  }

  @Test
  void measuresTheEncodersOnAFilm() throws Exception {
    assertThat(run("test", "--runs", "1", "--film", "a.mp4", "--json")).isZero();
    JsonNode stages = new ObjectMapper().readTree(out.toString()).path("stages");
    JsonNode decode = stages.path("decode");
    assertThat(decode.path("framesPerSecond").asDouble() * decode.path("seconds").asDouble())
        .isCloseTo(5, within(1e-9));
    JsonNode encoder = stages.path("encoder.test");
    assertThat(encoder.path("framesPerSecond").asDouble() * encoder.path("seconds").asDouble())
        .isCloseTo(2, within(1e-9));
    assertThat(calls)
        .containsExactly("encoder.test {}", "encoded to 0.2", "encoded to 0.2", "given back");
    assertThat(run("test", "--film", "a.mp4", "--stage", "vae-decode"))
        .isEqualTo(MaestroException.Kind.USAGE.exitCode());
    assertThat(out.toString()).contains("use one of decode, encoder.test");
  }

  @Test
  void measuresOnlyWhatIsAskedFor() {
    assertThat(run("test", "--runs", "1", "--frames", "64", "--stage", "vae-decode")).isZero();
    assertThat(calls)
        .containsExactly("codec.music-vae {}", "decode", "decode", "closed", "given back");
    assertThat(run("test", "--frames", "66", "--stage", "guided-step"))
        .isEqualTo(MaestroException.Kind.USAGE.exitCode());
    assertThat(out.toString()).contains("--frames: it is 66; use a multiple of 4");
    assertThat(run("test", "--stage", "everything"))
        .isEqualTo(MaestroException.Kind.USAGE.exitCode());
    assertThat(out.toString()).contains("--stage: there is no stage 'everything'");
  }
}
