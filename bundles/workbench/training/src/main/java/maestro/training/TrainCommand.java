package maestro.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.StyleControl;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginNames;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.Sampler;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackRepository;
import maestro.api.sound.MelFrontEnd;
import maestro.api.sound.Vocoder;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.files.AtomicFile;
import maestro.files.Json;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.FilmFeatures;
import maestro.graph.run.GenerationGraph;
import maestro.graph.run.RunObserver;
import maestro.packs.PackBuilder;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Progress;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Films;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.annotations.ServiceScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro train}: trains networks from recipes and makes packs of them. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "train",
    description = "Train networks from a training recipe, look at a run, make a pack of runs.")
public final class TrainCommand implements MaestroCommand {
  private static final Logger LOG = LoggerFactory.getLogger(TrainCommand.class);
  private static final ObjectMapper JSON = Json.PLAIN;
  private static final String RECIPE = "recipe.json";
  private static final String LOCK = ".lock";

  /** Steps of a sample on the way; fewer than in a run, for there are many. */
  private static final int SAMPLING_STEPS = 25;

  @Reference MediaReader reader;
  @Reference MediaWriter writer;
  @Reference MelFrontEnd frontEnd;
  @Reference PluginRegistry registry;
  @Reference PackRepository packs;
  @Reference GenerationGraph graph;

  @Reference(policyOption = ReferencePolicyOption.GREEDY)
  volatile List<TrainingTask> tasks;

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policyOption = ReferencePolicyOption.GREEDY)
  ComponentServiceObjects<Engine> torch;

  private final Path home;

  /** How a command line names the music. */
  static final class CorpusOptions {
    @Option(
        names = "--corpus",
        required = true,
        paramLabel = "MANIFEST",
        description = "The music, with splits and composers.")
    Path manifest;

    @Option(
        names = "--root",
        paramLabel = "DIR",
        description = "Root of the corpus; default: the manifest's folder.")
    Path root;

    Path root() {
      return root == null ? manifest.toAbsolutePath().getParent() : root;
    }
  }

  /** A command of the running host. */
  @Activate
  public TrainCommand(BundleContext context) {
    String given = context.getProperty("maestro.home");
    home = given == null ? Path.of(System.getProperty("user.home"), ".maestro") : Path.of(given);
  }

  @Command(name = "run", description = "Train; Ctrl-C writes a checkpoint and stops.")
  int run(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "RECIPE", description = "Training recipe, a JSON file.") Path file,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "DIR",
              description = "Folder of the run: state, log, curves, samples, parts.")
          Path out,
      @Mixin CorpusOptions music,
      @Option(
              names = "--device",
              paramLabel = "DEVICE",
              defaultValue = "auto",
              description = "auto, cpu or cuda:N; default ${DEFAULT-VALUE}.")
          String device,
      @Option(names = "--resume", description = "Go on from the run's last checkpoint.")
          boolean resume) {
    TrainingRecipe recipe = TrainingRecipe.read(file);
    TrainingTask task = task(recipe.task);
    prepare(out, recipe, resume);
    try (FileChannel lock = lock(out)) {
      train(options, recipe, task, out, music, device, resume);
    } catch (IOException e) {
      throw TrainingLog.unwritable(out, e);
    }
    return 0;
  }

  private void train(
      CommandOptions options,
      TrainingRecipe recipe,
      TrainingTask task,
      Path out,
      CorpusOptions music,
      String device,
      boolean resume) {
    if (torch == null) {
      throw new MaestroException(
          Kind.CONFIGURATION,
          "train",
          "PyTorch is not installed",
          "use a distribution with maestro.engine.torch");
    }
    Engine engine = torch.getService(); // null when its natives do not load
    if (engine == null) {
      throw new MaestroException(
          Kind.CONFIGURATION, "train", "the PyTorch natives do not load", "see 'maestro doctor'");
    }
    Deque<PluginLease<?>> leases = new ArrayDeque<>();
    try (NDManager manager = engine.newBaseManager(device(engine, device))) {
      Gallery gallery =
          new Gallery(
              lease(Vocoder.class, "vocoder.griffin-lim", Map.of(), leases),
              lease(StyleControl.class, "control.melody", Map.of(), leases),
              lease(StyleControl.class, "control.dynamics", Map.of(), leases),
              writer);
      Sampler sampler =
          lease(Sampler.class, "sampler.ddim", Map.of("steps", SAMPLING_STEPS), leases);
      Corpus corpus = corpus(options, music, recipe.controls, leases);
      Optional<Films> films =
          recipe.encoders.isEmpty()
              ? Optional.empty()
              : Optional.of(look(options, recipe, corpus, music.root(), device));
      Optional<ModelPack> pack = Optional.ofNullable(recipe.pack).map(packs::open);
      engine.setRandomSeed((int) recipe.seed);
      TrainingLog log = new TrainingLog(out);
      try (TrainingSession session =
          task.open(
              new TrainingContext(
                  recipe, corpus, films, pack, manager, home.resolve("cache"), sampler))) {
        Trainer trainer =
            new Trainer(
                recipe, session, engine, manager, out, log, watcher(options, recipe, gallery));
        if (resume) {
          trainer.resume();
          log.cutAfter(trainer.updates());
        }
        trainer.run();
        if (options.cancellation().requested()) {
          throw new MaestroException(
              Kind.CANCELLED,
              "train",
              "stopped after update " + trainer.updates() + ", whose checkpoint is written",
              "go on with --resume");
        }
        options
            .output()
            .result(
                Map.of("run", out.toString(), "updates", trainer.updates()),
                "%s: %d updates; parts in %s",
                out,
                trainer.updates(),
                out.resolve(Trainer.PARTS));
      }
    } catch (MaestroException e) {
      throw e;
    } catch (RuntimeException e) {
      if (options.cancellation().requested()) {
        // Native engines go down with the process: what they say then is not the cause.
        throw new MaestroException(
            Kind.CANCELLED,
            "train",
            "stopped before a checkpoint could be written",
            "go on from the last one with --resume",
            e);
      }
      throw e;
    } finally {
      leases.forEach(PluginLease::close);
      torch.ungetService(engine);
    }
  }

  private Corpus corpus(
      CommandOptions options,
      CorpusOptions music,
      Collection<String> heard,
      Deque<PluginLease<?>> leases) {
    Map<String, StyleControl> controls = new LinkedHashMap<>();
    Map<String, String> identities = new LinkedHashMap<>();
    String read = registry.code(reader.getClass()) + " " + registry.code(Corpus.class);
    identities.put(Corpus.MEL, read + " " + registry.code(frontEnd.getClass()));
    identities.put(Corpus.WAVE, read);
    for (String control : new TreeSet<>(heard)) {
      controls.put(control, lease(StyleControl.class, "control." + control, Map.of(), leases));
      identities.put(control, read + " " + leases.peek().identity());
    }
    return Corpus.open(
        music.manifest,
        music.root(),
        home.resolve("cache").resolve("corpus"),
        new Corpus.Ears(reader, frontEnd, controls, identities),
        track -> options.cancellation().check());
  }

  private Path packFolder(Path given) {
    return given == null ? home.resolve("packs") : given;
  }

  /**
   * Shows the corpus's films to the encoders of the recipe; the stage cache keeps what they say.
   */
  private Films look(
      CommandOptions options, TrainingRecipe recipe, Corpus corpus, Path root, String device) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bundles", recipe.encoders);
    fields.put("device", device);
    if (recipe.pack != null) {
      fields.put("pack", recipe.pack);
    }
    ResolvedRecipe eyes =
        ResolvedRecipe.of(Recipe.of(recipe.task, fields).current(PluginNames.of(registry)));
    int clips = corpus.scenes("train").size() + corpus.scenes("val").size();
    AtomicInteger seen = new AtomicInteger();
    try (Progress progress = options.progress()) {
      progress.stage("clips of film", 1, 1);
      RunObserver observer = RunObserver.silent(options.cancellation()::requested);
      return Films.look(
          corpus,
          root,
          (film, pieces) -> {
            List<Map<String, float[]>> features = new ArrayList<>();
            for (FilmFeatures one : graph.features(eyes, film, pieces, observer)) {
              Map<String, float[]> vectors = new LinkedHashMap<>();
              one.features().forEach((name, feature) -> vectors.put(name, feature.vector()));
              features.add(vectors);
            }
            progress.step(seen.addAndGet(pieces.size()), clips);
            return features;
          });
    }
  }

  private <T> T lease(
      Class<T> kind, String name, Map<String, Object> settings, Deque<PluginLease<?>> leases) {
    PluginLease<T> lease = registry.lease(kind, name, settings);
    leases.push(lease);
    return lease.service();
  }

  private static Trainer.Watcher watcher(
      CommandOptions options, TrainingRecipe recipe, Gallery gallery) {
    long begun = System.nanoTime();
    return new Trainer.Watcher() {
      private long first = -1;

      @Override
      public void at(long update, long updates, Map<String, Double> figures) {
        first = first < 0 ? update - 1 : first;
        if (update % recipe.logEvery == 0) {
          double perUpdate = (System.nanoTime() - begun) / 1e9 / (update - first);
          StringBuilder line = new StringBuilder();
          figures.forEach(
              (name, figure) -> line.append(String.format(Locale.ROOT, "  %s %.5g", name, figure)));
          options
              .output()
              .line(
                  "%d of %d%s  %.2f s/update, %.0f min left",
                  update, updates, line, perUpdate, perUpdate * (updates - update) / 60);
        }
      }

      @Override
      public void show(Path folder, List<Sample> samples) throws IOException {
        gallery.show(folder, samples);
      }

      @Override
      public boolean stopped() {
        return options.cancellation().requested();
      }
    };
  }

  private TrainingTask task(String name) {
    return tasks.stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new MaestroException(
                    Kind.CONFIGURATION,
                    "train",
                    "there is no task '" + name + "'",
                    "use one of " + tasks.stream().map(TrainingTask::name).sorted().toList()));
  }

  private static Device device(Engine engine, String wanted) {
    maestro.api.run.Device device = maestro.api.run.Device.parse(wanted);
    boolean cuda =
        device.kind() != maestro.api.run.Device.Kind.CPU && engine.getGpuCount() > device.index();
    if (device.kind() == maestro.api.run.Device.Kind.CUDA && !cuda) {
      LOG.warn("PyTorch does not find {}; trains on the processor", device);
    }
    return cuda ? Device.gpu(device.index()) : Device.cpu();
  }

  /** Makes the run's folder, or checks that the recipe is the one it was begun with. */
  private static void prepare(Path out, TrainingRecipe recipe, boolean resume) {
    Path kept = out.resolve(RECIPE);
    if (Files.exists(out.resolve(Trainer.STATE)) != resume) {
      throw new MaestroException(
          Kind.INPUT,
          out.toString(),
          resume ? "there is no checkpoint to go on from" : "a training is there already",
          resume ? "leave --resume out" : "give --resume to go on, or another folder");
    }
    if (resume && !TrainingRecipe.read(kept).continues(recipe)) {
      throw new MaestroException(
          Kind.INPUT,
          out.toString(),
          "the training there was begun with another recipe",
          "change only the intervals of reports, and steps where the schedule is constant, or begin in another folder");
    }
    AtomicFile.write(kept, recipe.toJson().getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static FileChannel lock(Path out) throws IOException {
    FileChannel channel =
        FileChannel.open(out.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // another training of this process
    }
    channel.close();
    throw new MaestroException(
        Kind.INPUT, out.toString(), "another training works there", "give another folder");
  }

  @Command(name = "status", description = "Say how far a run is and how well it does.")
  int status(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "DIR", description = "Folder of the run.") Path out) {
    if (!Files.exists(out.resolve(RECIPE))) {
      throw new MaestroException(
          Kind.INPUT, out.toString(), "no training is there", "give the folder of a run");
    }
    TrainingRecipe recipe = TrainingRecipe.read(out.resolve(RECIPE));
    JsonNode training = null;
    JsonNode validation = null;
    for (JsonNode line : TrainingLog.lines(out.resolve(TrainingLog.FILE))) {
      if (line.path("kind").asText().equals("train")) {
        training = line;
      } else {
        validation = line;
      }
    }
    long update = training == null ? 0 : training.path("update").asLong();
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("task", recipe.task);
    status.put("update", update);
    status.put("steps", recipe.steps);
    status.put("training", training == null ? Map.of() : training);
    status.put("validation", validation == null ? Map.of() : validation);
    options
        .output()
        .result(
            status,
            "%s: update %d of %d (%.0f %%)",
            recipe.task,
            update,
            recipe.steps,
            100.0 * update / recipe.steps);
    if (training != null) {
      options.output().line("  training    %s", training);
    }
    if (validation != null) {
      options.output().line("  validation  %s", validation);
    }
    return 0;
  }

  @Command(name = "pack", description = "Make a model pack of the parts that runs have trained.")
  int pack(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "RUN", arity = "1..*", description = "Folders of runs.")
          List<Path> runs,
      @Option(names = "--name", required = true, paramLabel = "NAME") String name,
      @Option(names = "--description", paramLabel = "TEXT", defaultValue = "") String description,
      @Option(
              names = "--licence",
              required = true,
              paramLabel = "TEXT",
              description = "Of the trained weights; what is kept of the base keeps its own.")
          String licence,
      @Option(names = "--training", required = true, paramLabel = "TEXT") String training,
      @Option(
              names = "--base",
              paramLabel = "PACK",
              description = "Pack whose other parts and origins are taken over.")
          String base,
      @Option(names = "--half", description = "Store the weights in half precision.") boolean half,
      @Option(
              names = {"-o", "--out"},
              paramLabel = "DIR",
              description = "Folder of packs; default: the user's.")
          Path out,
      @Option(names = "--replace", description = "Replace a pack of that name.") boolean replace) {
    PackBuilder builder = new PackBuilder(name);
    if (base != null) {
      builder.keeping(packs.open(base));
    }
    builder.licence(licence).refuseMilderLicence().training(training);
    if (base == null || !description.isBlank()) {
      builder.description(description);
    }
    for (Path run : runs) {
      Path parts = run.resolve(Trainer.PARTS);
      String updates = "0";
      try (var files = Files.newDirectoryStream(parts, "*.safetensors")) {
        for (Path file : files) {
          updates = addPart(builder, file, half);
        }
        if (Files.exists(run.resolve(RECIPE))) {
          TrainingRecipe recipe = TrainingRecipe.read(run.resolve(RECIPE));
          builder.origin(
              String.format(
                  "trained by task %s, the best of %d updates after %s, seed %d: %s",
                  recipe.task, recipe.steps, updates, recipe.seed, recipe.description));
        }
      } catch (IOException e) {
        throw new MaestroException(
            Kind.INPUT,
            run.toString(),
            "it has no trained parts",
            "give the folder of a run that was validated at least once",
            e);
      }
    }
    Path made = builder.writeTo(packFolder(out), replace, maestro.packs.Watcher.NONE);
    options.output().result(Map.of("pack", made.toString()), "%s", made);
    return 0;
  }

  @Command(
      name = "film-scale",
      description = "Make the scale of encoder.affect from feature files of encoder.cinematic.")
  int filmScale(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "FEATURES", arity = "1..*") List<Path> files,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "FILE",
              description = "JSON to write.")
          Path out) {
    Map<String, Object> scale = FilmScale.of(files);
    AtomicFile.write(out, TrainingLog.json(scale));
    options.output().result(scale, "%s: %s windows", out, scale.get("windows"));
    return 0;
  }

  @Command(
      name = "manners",
      description =
          "Hear how the music of each composer of a corpus is spread, and make a pack that knows.")
  int manners(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "PACK", description = "Pack that was trained on the corpus.")
          String base,
      @Mixin CorpusOptions music,
      @Option(names = "--name", required = true, paramLabel = "NAME") String name,
      @Option(
              names = {"-o", "--out"},
              paramLabel = "DIR",
              description = "Folder of packs; default: the user's.")
          Path out,
      @Option(names = "--replace", description = "Replace a pack of that name.") boolean replace) {
    ModelPack pack = packs.open(base);
    Manners manners = new Manners(pack);
    PackBuilder builder = new PackBuilder(name).keeping(pack);
    if (!replace) {
      builder.refuseIfThere(packFolder(out));
    }
    Deque<PluginLease<?>> leases = new ArrayDeque<>();
    try {
      Corpus corpus = corpus(options, music, List.of(Manners.DYNAMICS, Manners.ONSETS), leases);
      new TreeMap<>(manners.of(corpus, composer -> options.cancellation().check()))
          .forEach(builder::part);
      builder.origin(
          "manners of "
              + corpus.labels().size()
              + " composers heard in the training split of "
              + music.manifest.getFileName());
      Path made = builder.writeTo(packFolder(out), replace, maestro.packs.Watcher.NONE);
      options
          .output()
          .result(
              Map.of("pack", made.toString(), "composers", corpus.labels()),
              "%s: the manners of %d composers",
              made,
              corpus.labels().size());
      return 0;
    } finally {
      leases.forEach(PluginLease::close);
    }
  }

  /** Adds a part of a run and says after how many updates it was kept. */
  private static String addPart(PackBuilder builder, Path file, boolean half) throws IOException {
    String part = file.getFileName().toString().replace(".safetensors", "");
    Map<String, Object> architecture = new LinkedHashMap<>();
    JSON.readTree(file.resolveSibling(part + ".json").toFile())
        .properties()
        .forEach(
            field ->
                architecture.put(
                    field.getKey(), JSON.convertValue(field.getValue(), Object.class)));
    try (Checkpoint checkpoint = Safetensors.open(file)) {
      List<Weight> weights =
          checkpoint.weights().values().stream()
              .map(weight -> half ? weight.toHalf() : weight)
              .toList();
      builder.part(part, weights, architecture);
      return checkpoint.metadata().getOrDefault("updates", "unknown");
    }
  }
}
