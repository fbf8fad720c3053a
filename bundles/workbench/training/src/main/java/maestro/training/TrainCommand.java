package maestro.training;

import ai.djl.engine.Engine;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackRepository;
import maestro.api.sound.MelFrontEnd;
import maestro.files.AtomicFile;
import maestro.files.Home;
import maestro.files.Json;
import maestro.graph.run.GenerationGraph;
import maestro.packs.PackBuilder;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.training.corpus.Corpus;
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

  final Path home;

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
    home = Home.of(context);
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
          boolean resume,
      @Option(
              names = "--accept-corpus",
              description = "Go on although files of the corpus are not those of the beginning.")
          boolean acceptCorpus) {
    TrainingRecipe recipe = TrainingRecipe.read(file);
    TrainingTask task = task(recipe.task);
    RunFiles files = new RunFiles(out);
    files.prepare(recipe, resume);
    try (FileChannel lock = files.lock()) {
      new TrainingRun(this, options, recipe, music, device)
          .train(task, files, resume, acceptCorpus);
    } catch (IOException e) {
      throw TrainingLog.unwritable(out, e);
    }
    return 0;
  }

  private Path packFolder(Path given) {
    return given == null ? home.resolve("packs") : given;
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

  @Command(name = "status", description = "Say how far a run is and how well it does.")
  int status(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "DIR", description = "Folder of the run.") Path out) {
    if (!Files.exists(out.resolve(RunFiles.RECIPE))) {
      throw new MaestroException(
          Kind.INPUT, out.toString(), "no training is there", "give the folder of a run");
    }
    TrainingRecipe recipe = TrainingRecipe.read(out.resolve(RunFiles.RECIPE));
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
    RunParts parts = new RunParts(runs);
    parts.refuseIncomplete(base == null ? List.of() : packs.open(base).parts());
    parts.addTo(builder, half);
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
      name = "composer-statistics",
      aliases = "manners",
      description =
          "Measure affect, level and onset rate of each composer of a corpus, and add them to a pack.")
  int composerStatistics(
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
    ComposerMeasurements measured = new ComposerMeasurements(pack);
    PackBuilder builder = new PackBuilder(name).keeping(pack);
    if (!replace) {
      builder.refuseIfThere(packFolder(out));
    }
    try (Listening listening = new Listening(this)) {
      Corpus corpus =
          listening.corpus(
              music,
              List.of(ComposerMeasurements.DYNAMICS, ComposerMeasurements.ONSETS),
              track -> options.cancellation().check());
      new TreeMap<>(measured.of(corpus, composer -> options.cancellation().check()))
          .forEach(builder::part);
      builder.origin(
          "statistics of "
              + corpus.labels().size()
              + " composers, of the training split of "
              + music.manifest.getFileName());
      Path made = builder.writeTo(packFolder(out), replace, maestro.packs.Watcher.NONE);
      options
          .output()
          .result(
              Map.of("pack", made.toString(), "composers", corpus.labels()),
              "%s: the statistics of %d composers",
              made,
              corpus.labels().size());
      return 0;
    }
  }
}
