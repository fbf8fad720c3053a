package maestro.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentModel;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
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

  /** A model that only writes down what is asked of it. */
  private final class Model implements LatentModel, LatentModel.Session {
    @Override
    public Session open(RunContext run) {
      return this;
    }

    @Override
    public NoiseSchedule schedule() {
      return NoiseSchedule.audioLdm();
    }

    @Override
    public Latent shape(int melFrames) {
      return new Latent(1, melFrames / 4, 16, new float[melFrames / 4 * 16]);
    }

    @Override
    public int conditionWidth() {
      return 4;
    }

    @Override
    public Map<String, Integer> controls() {
      return Map.of("melody", 12);
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
    public Latent encode(Mel mel) {
      calls.add("encode");
      return shape(mel.frames());
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

  private final class Registry implements PluginRegistry {
    @Override
    public List<PluginDescription> plugins() {
      return List.of();
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
      T service = kind.cast(kind == Vocoder.class ? vocoder : new Model());
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
        public void close() {
          calls.add("given back");
        }
      };
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
    CommandLine command = new CommandLine(new BenchCommand(new Registry(), packs));
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
    assertThat(calls).filteredOn(call -> call.equals("given back")).hasSize(5);
    assertThat(calls).filteredOn(call -> call.equals("closed")).hasSize(4);
    assertThat(calls).contains("vocoder.hifigan {engine=onnx}");
  }

  @Test
  void measuresOnlyWhatIsAskedFor() {
    assertThat(run("test", "--runs", "1", "--frames", "64", "--stage", "vae-decode")).isZero();
    assertThat(calls)
        .containsExactly("latent.vm-unet {}", "decode", "decode", "closed", "given back");
    assertThat(run("test", "--stage", "everything"))
        .isEqualTo(MaestroException.Kind.USAGE.exitCode());
    assertThat(out.toString()).contains("--stage: there is no stage 'everything'");
  }
}
