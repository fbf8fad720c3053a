package maestro.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmCondition;
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
import maestro.api.media.MediaReader;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackRepository;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Vocoder;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Output;
import maestro.statistics.Quantiles;
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
  private static final String DENOISER = "denoiser.vm-unet";
  private static final String CODEC = "codec.music-vae";
  private static final String VOCODER = "vocoder.hifigan";
  private static final String DECODE = "decode";
  private static final List<String> STAGES =
      List.of("guided-step", "guided-step-with-branch", "vae-encode", "vae-decode", "vocoder");

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
      paramLabel = "NAME",
      description = "onnx or pytorch; default the host's choice.")
  String engine = "";

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

  /**
   * What was measured.
   *
   * @param loadSeconds to the first result, less one run
   * @param seconds median of the runs after the first
   * @param fastest of these
   * @param processorSeconds of all threads, median of the runs after the first
   * @param framesPerSecond frames of film looked at in a second, 0 when it is no film
   * @param peakBytes largest resident memory of the process meanwhile, −1 when unknown
   */
  record Measured(
      double loadSeconds,
      double seconds,
      double fastest,
      double processorSeconds,
      double framesPerSecond,
      long peakBytes) {}

  /** A stage that was opened: what to run, what to close, and the frames of film one run sees. */
  private record Opened(Runnable work, Runnable close, LongSupplier frames) {
    Opened(Runnable work, Runnable close) {
      this(work, close, () -> 0);
    }
  }

  @Override
  public Integer call() {
    check();
    ModelPack opened = packs.open(pack);
    RunContext run =
        new SingleRun("bench", parse(device), new Noise(7), Optional.of(opened), observer());
    Map<String, Supplier<Opened>> all = film == null ? networks(opened, run) : encoders(run);
    check(all.keySet());
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("pack", pack);
    report.put("engine", engine.isEmpty() ? "the host's choice" : engine);
    if (film == null) {
      report.put("frames", frames);
    } else {
      report.put("film", film.toString());
    }
    report.put("machine", Machine.note());
    Map<String, Measured> measured = new LinkedHashMap<>();
    Output output = options.output();
    for (Map.Entry<String, Supplier<Opened>> stage : all.entrySet()) {
      if (stages.isEmpty() || stages.contains(stage.getKey())) {
        Measured one = measure(stage.getValue());
        measured.put(stage.getKey(), one);
        output.line(
            "%-24s load %6.2f s   run %7.3f s (fastest %.3f, processor %.2f)   peak %5.0f MB%s",
            stage.getKey(),
            one.loadSeconds(),
            one.seconds(),
            one.fastest(),
            one.processorSeconds(),
            one.peakBytes() / 1e6,
            film == null
                ? ""
                : String.format(Locale.ROOT, "   %.1f frames/s", one.framesPerSecond()));
      }
    }
    report.put("stages", measured);
    report.put("loadAfter", Machine.load());
    output.line("%s", report.get("machine"));
    output.result(report);
    return 0;
  }

  private Map<String, Supplier<Opened>> networks(ModelPack opened, RunContext run) {
    boolean branch = opened.part("branch").isPresent() || branched(opened);
    Map<String, Supplier<Opened>> all = new LinkedHashMap<>();
    all.put("guided-step", () -> step(run, false));
    if (branch) {
      all.put("guided-step-with-branch", () -> step(run, true));
    }
    all.put("vae-encode", () -> codec(run, true));
    all.put("vae-decode", () -> codec(run, false));
    if (opened.part(VOCODER).isPresent()) {
      all.put("vocoder", () -> vocoder(run));
    }
    return all;
  }

  /** Decoding by itself, and every encoder that is on. */
  private Map<String, Supplier<Opened>> encoders(RunContext run) {
    FilmClip clip = media.probe(film);
    Map<String, Supplier<Opened>> all = new LinkedHashMap<>();
    all.put(
        DECODE,
        () -> watch(clip, run, FrameRequest.atRate(clip.framesPerSecond()), BenchCommand::look));
    for (PluginDescription plugin : registry.plugins()) {
      if (plugin.kind().equals(VisualEncoder.class.getSimpleName())) {
        all.put(plugin.name(), () -> encoder(plugin, clip, run));
      }
    }
    return all;
  }

  private static boolean branched(ModelPack pack) {
    return pack.part("denoiser")
        .filter(part -> part.architecture().containsKey("controls"))
        .isPresent();
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
    Set<String> known = new LinkedHashSet<>(film == null ? STAGES : there);
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

  private static Device parse(String text) {
    try {
      return Device.parse(text);
    } catch (IllegalArgumentException e) {
      throw new MaestroException(
          Kind.USAGE, "--device", e.getMessage(), "use auto, cpu or cuda:0", e);
    }
  }

  private Measured measure(Supplier<Opened> stage) {
    System.gc();
    Machine.forgetPeak();
    long start = System.nanoTime();
    Opened opened = stage.get();
    try {
      opened.work().run();
      double first = seconds(start);
      List<Double> times = new ArrayList<>();
      List<Double> processor = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        options.cancellation().check();
        double used = Machine.processorSeconds();
        start = System.nanoTime();
        opened.work().run();
        times.add(seconds(start));
        processor.add(Machine.processorSeconds() - used);
      }
      double median = median(times);
      return new Measured(
          Math.max(0, first - median),
          median,
          times.get(0),
          median(processor),
          opened.frames().getAsLong() / median,
          Machine.peak());
    } finally {
      opened.close().run();
    }
  }

  private static double median(List<Double> values) {
    return Quantiles.of(values.stream().mapToDouble(Double::doubleValue).toArray()).median();
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private Opened step(RunContext run, boolean branch) {
    Map<String, Object> settings = settings();
    settings.put("bypassBranchWhenNoControls", !branch);
    Latent latent = noise(run);
    PluginLease<Denoiser> lease = registry.lease(Denoiser.class, DENOISER, settings);
    Denoiser.Format format = lease.service().format(run);
    Denoiser.Session session = lease.service().open(run);
    FilmCondition film =
        new FilmCondition(run.noise().gaussian("film", format.conditionWidth()), Map.of());
    Map<String, ControlSignal> controls = new HashMap<>();
    if (branch) {
      format
          .controls()
          .forEach(
              (name, control) ->
                  controls.put(
                      name,
                      new ControlSignal(
                          frames,
                          control.channels(),
                          run.noise().gaussian(name, frames * control.channels()))));
    }
    NoisePredictor predictor = session.predictor(film, controls, 7.5);
    return new Opened(
        () -> predictor.predict(latent, 500),
        () -> {
          session.close();
          lease.close();
        });
  }

  private Opened codec(RunContext run, boolean encode) {
    PluginLease<LatentCodec> lease = registry.lease(LatentCodec.class, CODEC, settings());
    Latent latent = noise(lease.service().format(run), run);
    LatentCodec.Session session = lease.service().open(run);
    Mel mel = mel(run);
    return new Opened(
        encode ? () -> session.encode(mel) : () -> session.decode(latent),
        () -> {
          session.close();
          lease.close();
        });
  }

  private Opened vocoder(RunContext run) {
    PluginLease<Vocoder> lease = registry.lease(Vocoder.class, VOCODER, settings());
    Mel mel = mel(run);
    return new Opened(() -> lease.service().vocode(mel, run), lease::close);
  }

  private Opened encoder(PluginDescription plugin, FilmClip clip, RunContext run) {
    boolean choosesEngine =
        plugin.settings().stream().anyMatch(setting -> setting.name().equals("engine"));
    PluginLease<VisualEncoder> lease =
        registry.lease(VisualEncoder.class, plugin.name(), choosesEngine ? settings() : Map.of());
    Opened opened =
        watch(
            clip,
            run,
            lease.service().frames(),
            source -> lease.service().encode(clip, source, run));
    return new Opened(opened.work(), lease::close, opened.frames());
  }

  private Opened watch(
      FilmClip clip, RunContext run, FrameRequest request, Consumer<FrameSource> reader) {
    AtomicLong frames = new AtomicLong();
    Consumer<FrameSource> counting =
        source -> {
          frames.set(0);
          reader.accept(
              () -> {
                Frame frame = source.next();
                frames.addAndGet(frame == null ? 0 : 1);
                return frame;
              });
        };
    List<MediaReader.Subscription> one = List.of(new MediaReader.Subscription(request, counting));
    return new Opened(() -> media.read(clip, one, run), () -> {}, frames::get);
  }

  private static void look(FrameSource source) {
    while (source.next() != null) {
      // only the time counts
    }
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    if (!engine.isEmpty()) {
      settings.put("engine", engine);
    }
    return settings;
  }

  /** With the shape that the codec's latents have. */
  private Latent noise(RunContext run) {
    try (PluginLease<LatentCodec> lease = registry.lease(LatentCodec.class, CODEC, Map.of())) {
      return noise(lease.service().format(run), run);
    }
  }

  private Latent noise(LatentCodec.Format format, RunContext run) {
    if (frames < 1 || frames % format.frameMultiple() != 0) {
      throw new MaestroException(
          Kind.USAGE,
          "--frames",
          "it is " + frames,
          "use a multiple of " + format.frameMultiple() + ", such as 1024");
    }
    Latent zeros = format.zeros(frames);
    return zeros.with(run.noise().gaussian("latent", zeros.values().length));
  }

  private Mel mel(RunContext run) {
    float[] values = run.noise().gaussian("mel", frames * 64);
    for (int i = 0; i < values.length; i++) {
      values[i] -= 5; // about where music lies
    }
    return new Mel(frames, 64, values);
  }
}
