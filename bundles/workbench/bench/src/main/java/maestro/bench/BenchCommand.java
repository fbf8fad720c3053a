package maestro.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackRepository;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Output;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code maestro bench}: what the networks of a pack cost here. Any pack will do, also one filled
 * by rule: the numbers in the weights do not change the time.
 */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "bench",
    description =
        "Measure the networks of a pack: time to load, seconds a step, peak memory; with --film the encoders.",
    footer = {
      "",
      "Each stage is opened anew. 'load' is all it takes before the first result beyond one run: weights, graph,",
      "compilation. 'seconds' is the median of the runs after the first. 'peak' is the resident memory of the whole",
      "process. On a busy machine the numbers mean little; the load is part of the report.",
      "With --film the stages are 'decode', which reads the whole film at its own rate and size, and the encoders,",
      "each from the film on disk to its feature: frames per second are the frames that were looked at."
    })
public final class BenchCommand implements MaestroCommand {
  private final PluginRegistry registry;
  private final PackRepository packs;
  private final MediaReader media;

  @Mixin CommandOptions options;

  @Parameters(
      paramLabel = "PACK",
      description = "Name of the pack; 'maestro packs synthetic' makes one of any size.")
  String pack;

  @Option(
      names = "--engine",
      split = ",",
      paramLabel = "NAME",
      description =
          "onnx, pytorch, torchscript or torchscript-float32; default the host's choice. Several run in turn and"
              + " are compared with the first.")
  List<String> engines = new ArrayList<>(List.of(""));

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "auto, cpu or cuda:N; default ${DEFAULT-VALUE}.")
  String device = "auto";

  @Option(
      names = "--frames",
      paramLabel = "N",
      description = "Mel frames; default ${DEFAULT-VALUE}, 10.24 s.")
  int frames = 1024;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Runs after the first; default ${DEFAULT-VALUE}.")
  int runs = 5;

  @Option(
      names = "--stage",
      split = ",",
      paramLabel = "NAME",
      description =
          "guided-step, guided-step-with-branch, vae-encode, vae-decode or vocoder; with --film decode or the"
              + " name of an encoder; default all there are.")
  List<String> stages = new ArrayList<>();

  @Option(
      names = "--film",
      paramLabel = "FILM",
      description = "Measure the encoders on this film instead of the networks.")
  Path film;

  /** A command over these plugins and packs. */
  @Activate
  public BenchCommand(
      @Reference PluginRegistry registry,
      @Reference PackRepository packs,
      @Reference MediaReader media) {
    this.registry = registry;
    this.packs = packs;
    this.media = media;
  }

  @Override
  public Integer call() {
    check();
    ModelPack opened = packs.open(pack);
    RunContext run =
        new SingleRun(
            "bench", SingleRun.device(device), new Noise(7), Optional.of(opened), observer());
    List<Map<String, Supplier<OpenedStage>>> peers = new ArrayList<>();
    for (String engine : engines) {
      Map<String, Object> settings = engine.isEmpty() ? Map.of() : Map.of("engine", engine);
      peers.add(
          film == null
              ? new NetworkStages(registry, settings, frames).of(opened, run)
              : new FilmStages(registry, media, settings).of(film, run));
    }
    Set<String> names = peers.get(0).keySet();
    check(names);
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("pack", pack);
    report.put("engine", String.join(",", engines.stream().map(BenchCommand::shown).toList()));
    if (film == null) {
      report.put("frames", frames);
    } else {
      report.put("film", film.toString());
    }
    report.put("machine", Machine.note());
    Map<String, Object> measured = new LinkedHashMap<>();
    for (String stage : names) {
      if (stages.isEmpty() || stages.contains(stage)) {
        List<Measured> all =
            Measured.of(
                peers.stream().map(peer -> peer.get(stage)).toList(), runs, options.cancellation());
        measured.put(stage, engines.size() == 1 ? all.get(0) : byEngine(all));
        print(stage, all);
      }
    }
    report.put("stages", measured);
    report.put("loadAfter", Machine.load());
    Output output = options.output();
    output.line("%s", report.get("machine"));
    output.result(report);
    return 0;
  }

  private static String shown(String engine) {
    return engine.isEmpty() ? "the host's choice" : engine;
  }

  private Map<String, Measured> byEngine(List<Measured> all) {
    Map<String, Measured> byEngine = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      byEngine.put(engines.get(i), all.get(i));
    }
    return byEngine;
  }

  private void print(String stage, List<Measured> all) {
    for (int i = 0; i < all.size(); i++) {
      Measured one = all.get(i);
      StringBuilder end = new StringBuilder();
      if (film != null) {
        end.append(String.format(Locale.ROOT, "   %.1f frames/s", one.framesPerSecond()));
      }
      if (all.size() > 1) {
        end.append("   ").append(shown(engines.get(i)));
      }
      if (i > 0) {
        double ratio = one.seconds() / all.get(0).seconds();
        end.append(String.format(Locale.ROOT, ", %.2f of %s", ratio, shown(engines.get(0))));
      }
      options
          .output()
          .line(
              "%-24s load %6.2f s   run %7.3f s (fastest %.3f, processor %.2f)   peak %5.0f MB%s",
              stage,
              one.loadSeconds(),
              one.seconds(),
              one.fastest(),
              one.processorSeconds(),
              one.peakBytes() / 1e6,
              end);
    }
  }

  private RunObserver observer() {
    return RunObserver.silent(options.cancellation()::requested);
  }

  private void check() {
    if (runs < 1 || runs > 10_000) {
      throw new MaestroException(Kind.USAGE, "--runs", "it is " + runs, "use 1 to 10000");
    }
  }

  private void check(Set<String> there) {
    Set<String> known = new LinkedHashSet<>(film == null ? NetworkStages.NAMES : there);
    for (String stage : stages) {
      if (!known.contains(stage)) {
        throw new MaestroException(
            Kind.USAGE,
            "--stage",
            "there is no stage '" + stage + "'",
            "use one of " + String.join(", ", known));
      }
    }
  }
}
