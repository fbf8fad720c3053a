package maestro.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginDescription.Declaration;
import maestro.api.host.PluginDescription.Setting;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginNames;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.run.Provenance;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.files.Sha256;
import maestro.graph.recipe.RecipeBook;
import maestro.graph.run.FakePlugins;
import maestro.graph.run.GenerationGraph;
import maestro.runtime.command.MaestroCommand;
import picocli.CommandLine;

/** A workbench small enough for a test: real graph and recipes, pretend media and plugins. */
final class Kitchen implements PluginRegistry, MediaReader, MediaWriter {
  final Path folder;
  final RecipeBook book;
  final GenerationGraph graph;
  final AtomicInteger decoded = new AtomicInteger();
  long decodingMillis;
  private final Map<String, Object> services = new TreeMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, List<String>> former = new HashMap<>();
  private int lastSteps;

  Kitchen(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("recipes"));
    Files.writeString(
        folder.resolve("recipes/film-score.json"),
        """
        {"bundles": [{"id": "encoder.grey"}, {"id": "encoder.pad"}, {"id": "denoiser.grey"}, {"id": "codec.grey"},
          {"id": "sampler.jump"}, {"id": "vocoder.click"}], "melFrames": 64, "crossFadeSeconds": 0.1}
        """);
    Files.writeString(
        folder.resolve("recipes/style-transfer.json"),
        "{\"base\": \"film-score\", \"bundles\": [{\"id\": \"control.melody\"}, {\"id\": \"control.dynamics\"}]}");
    services.put("encoder.grey", new Grey());
    services.put("encoder.pad", (FeatureFusion) (features, run) -> pad(features));
    services.put("denoiser.grey", new GreyDenoiser());
    services.put("codec.grey", new GreyCodec());
    services.put("sampler.jump", new Jump());
    services.put(
        "vocoder.click", (Vocoder) (mel, run) -> Sound.mono(new float[mel.frames() * 160], 16_000));
    services.put("control.melody", new Constant(12));
    services.put("control.dynamics", new Constant(1));
    book =
        new RecipeBook(
            List.of(folder.resolve("own"), folder.resolve("recipes")), () -> PluginNames.of(this));
    graph =
        new GenerationGraph(
            this, null, FakePlugins.roles(), this, this, folder.resolve("home"), 1 << 24, "test");
  }

  /** A plugin is called otherwise from now on. */
  void rename(String before, String now) {
    services.put(now, services.remove(before));
    former.put(now, List.of(before));
  }

  int lastSteps() {
    return lastSteps;
  }

  Path film(String name, double seconds) throws IOException {
    return Files.writeString(folder.resolve(name), Double.toString(seconds));
  }

  /** Runs a command as the host does; an error's message goes to the error text. */
  int run(MaestroCommand command, Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    line.setExecutionExceptionHandler(
        (e, at, parsed) -> {
          if (e instanceof MaestroException known) {
            err.write(known.getMessage());
            return known.kind().exitCode();
          }
          throw e;
        });
    List<String> words = new ArrayList<>();
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return line.execute(words.toArray(String[]::new));
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  private static FilmCondition pad(Map<String, FilmFeature> features) {
    float[] padded = new float[512];
    features.values().forEach(feature -> padded[0] += feature.vector()[0]);
    Map<String, Double> shares = new LinkedHashMap<>();
    features.keySet().forEach(name -> shares.put(name, 1.0 / features.size()));
    return new FilmCondition(padded, shares);
  }

  private static final class Grey implements VisualEncoder {
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
      int count = 0;
      while (frames.next() != null) {
        count++;
      }
      float[] line = new float[2 * count];
      line[0] = 1;
      return new FilmFeature(
          new float[] {count}, Optional.of(new TimeLine(0.1, List.of("light", "cut"), line)));
    }
  }

  /** Predicts the latent itself, and the first of the film's numbers. */
  private static final class GreyDenoiser implements Denoiser {
    @Override
    public Format format(RunContext run) {
      return new Format(
          1,
          512,
          Map.of("melody", new ControlFormat(12, 0, 1), "dynamics", new ControlFormat(1, 0, 1)));
    }

    @Override
    public Session open(RunContext run) {
      run.remark("denoiser.grey is a toy");
      return new Session() {
        @Override
        public NoiseSchedule schedule() {
          return NoiseSchedule.audioLdm();
        }

        @Override
        public NoisePredictor predictor(
            FilmCondition film, Map<String, ControlSignal> controls, double guidanceScale) {
          return (latent, timestep) -> {
            float[] values = latent.values().clone();
            values[0] += film.vector()[0];
            return latent.with(values);
          };
        }

        @Override
        public void close() {}
      };
    }
  }

  /** A latent is the mel itself. */
  private static final class GreyCodec implements LatentCodec {
    @Override
    public Format format(RunContext run) {
      return new Format(16_000, 160, 64, 1, 1, 4);
    }

    @Override
    public Session open(RunContext run) {
      return new Session() {
        @Override
        public Latent encode(Mel mel) {
          return new Latent(1, mel.frames(), 64, mel.values());
        }

        @Override
        public Mel decode(Latent latent) {
          return new Mel(latent.frames(), 64, latent.values());
        }

        @Override
        public void close() {}
      };
    }
  }

  private final class Jump implements Sampler {
    @Override
    public Latent sample(
        Latent noise, NoisePredictor predictor, NoiseSchedule schedule, RunContext run) {
      run.progress(1, 1);
      return predictor.predict(noise, 500);
    }

    @Override
    public int steps() {
      return 1;
    }
  }

  private record Constant(int channels) implements StyleControl {
    @Override
    public ControlSignal extract(Sound sound, FrameGrid grid) {
      return ControlSignal.zero(grid.frames(), channels);
    }
  }

  @Override
  public List<PluginDescription> plugins() {
    return services.entrySet().stream().map(e -> description(e.getKey(), e.getValue())).toList();
  }

  private PluginDescription description(String name, Object service) {
    String kind =
        service instanceof VisualEncoder
            ? "VisualEncoder"
            : service instanceof FeatureFusion
                ? "FeatureFusion"
                : service instanceof StyleControl
                    ? "StyleControl"
                    : service instanceof Denoiser
                        ? "Denoiser"
                        : service instanceof LatentCodec
                            ? "LatentCodec"
                            : service instanceof Sampler ? "Sampler" : "Vocoder";
    List<Setting> settings =
        service instanceof Sampler
            ? List.of(new Setting("steps", "Integer", 1, "1", "99", List.of(), ""))
            : List.of();
    String digest = "digest of " + name;
    return new PluginDescription(
        name,
        kind,
        new PluginDescription.Code("maestro." + name, "1.0.0", digest, digest),
        new Declaration("", List.of(), List.of(), List.of(), former.getOrDefault(name, List.of())),
        settings);
  }

  @Override
  public PluginDescription describe(Class<?> kind, String name) {
    return plugins().stream()
        .filter(plugin -> plugin.answersTo(name) && plugin.kind().equals(kind.getSimpleName()))
        .findFirst()
        .orElseThrow(
            () ->
                new MaestroException(
                    Kind.CONFIGURATION, name, "it is not installed", "see 'maestro bundles list'"));
  }

  @Override
  public <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings) {
    PluginDescription description = describe(kind, name);
    check(kind, name, settings);
    if (settings.get("steps") instanceof Integer steps) {
      lastSteps = steps;
    }
    return new PluginLease<>() {
      @Override
      public T service() {
        return kind.cast(services.get(description.name()));
      }

      @Override
      public PluginDescription plugin() {
        return description;
      }

      @Override
      public Map<String, Object> settings() {
        return settings;
      }

      @Override
      public String identity() {
        return description + " " + settings;
      }

      @Override
      public List<PluginDescription> uses() {
        return List.of();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public String code(Class<?> type) {
    return "00";
  }

  @Override
  public void check(Class<?> kind, String name, Map<String, Object> settings) {
    settings.forEach(
        (setting, value) -> {
          if (describe(kind, name).settings().stream()
              .noneMatch(known -> known.name().equals(setting))) {
            throw new MaestroException(
                Kind.CONFIGURATION, name, "it has no setting " + setting, "mend it");
          }
        });
  }

  @Override
  public FilmClip probe(Path film) {
    try {
      double seconds = Double.parseDouble(Files.readString(film));
      return new FilmClip(film.toAbsolutePath(), Sha256.of(film), 4, 2, 10, seconds, false);
    } catch (IOException | NumberFormatException e) {
      throw new MaestroException(
          Kind.INPUT, film.getFileName().toString(), "not a film", "give another", e);
    }
  }

  @Override
  public void read(FilmClip clip, List<Subscription> subscriptions, RunContext run) {
    decoded.incrementAndGet();
    try {
      Thread.sleep(decodingMillis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    for (Subscription subscription : subscriptions) {
      int[] count = new int[1];
      subscription
          .reader()
          .accept(
              () -> {
                double time = count[0]++ / subscription.request().framesPerSecond();
                return time < clip.durationSeconds() ? new Frame(time, 4, 2, new byte[24]) : null;
              });
    }
  }

  @Override
  public Sound sound(Path file) {
    return Sound.mono(new float[24_000], 48_000);
  }

  @Override
  public void wav(Path file, Sound sound, Provenance provenance) {
    try {
      Files.writeString(file, sound.length() + "\n" + provenance.manifest());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void film(Path file, FilmClip picture, Sound sound, Provenance provenance) {
    wav(file, sound, provenance);
  }

  @Override
  public Provenance provenance(Path result) {
    try {
      return new Provenance(Files.readString(result).lines().skip(1).findFirst().orElseThrow());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
