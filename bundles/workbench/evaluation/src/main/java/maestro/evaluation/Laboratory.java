package maestro.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import maestro.api.MaestroException;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.pack.PackRepository;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.RecipeBook;
import maestro.graph.run.GenerationGraph;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import maestro.graph.run.StageEvent;
import maestro.runtime.command.Cancellation;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.Progress;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Where experiments are run: the services they need, in one place. */
@Component(service = Laboratory.class)
public final class Laboratory {
  final GenerationGraph graph;
  final RecipeBook recipes;
  final PluginRegistry registry;
  final MediaReader reader;
  final MediaWriter writer;
  private final PackRepository packs;

  /** A laboratory in the host. */
  @Activate
  public Laboratory(
      @Reference GenerationGraph graph,
      @Reference RecipeBook recipes,
      @Reference PluginRegistry registry,
      @Reference MediaReader reader,
      @Reference MediaWriter writer,
      @Reference(
              cardinality = ReferenceCardinality.OPTIONAL,
              policyOption = ReferencePolicyOption.GREEDY)
          PackRepository packs) {
    this.graph = graph;
    this.recipes = recipes;
    this.registry = registry;
    this.reader = reader;
    this.writer = writer;
    this.packs = packs;
  }

  /** Whether the weights of an installed pack are untrained, filled by rule. */
  boolean isUntrained(String pack) {
    return pack != null && packs != null && packs.open(pack).untrained();
  }

  /**
   * Runs an experiment over the clips of a dataset and prints its table.
   *
   * @return the exit code, 0
   */
  int run(Experiment experiment, CommandOptions options, DatasetOptions dataset) {
    List<Clip> clips = Manifest.read(dataset.manifest);
    List<Clip> test =
        clips.stream()
            .filter(clip -> dataset.split.equals("all") || dataset.split.equals(clip.split))
            .limit(dataset.limit == null ? Long.MAX_VALUE : dataset.limit)
            .toList();
    List<Clip> train = clips.stream().filter(clip -> "train".equals(clip.split)).toList();
    Path root = dataset.root != null ? dataset.root : dataset.manifest.toAbsolutePath().getParent();
    try {
      Files.createDirectories(dataset.out);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          dataset.out.toString(),
          "the folder cannot be made",
          "check disk and permissions",
          e);
    }
    SingleRun metricContext = dataset.judge.run(options, experiment.seed(), packs);
    ExperimentReport report;
    try (Progress progress = options.progress()) {
      report =
          new ExperimentRun(
                  this,
                  experiment,
                  new ExperimentRun.Data(root, test, train),
                  dataset.out,
                  progress,
                  options.cancellation())
              .run(metricContext);
    }
    Path file = report.file(dataset.out, ".md");
    Map<String, Object> object = report.object();
    object.put("report", file.toString());
    options.output().result(object, "%s", report.shown());
    if (!report.computed().isEmpty()) {
      options.output().line("Stages computed: %s", report.computedInWords());
    }
    options.output().line("Report: %s", file);
    return 0;
  }

  /** Watches runs of the graph, which the user can cancel. */
  static RunObserver observer(Cancellation cancellation, Consumer<StageEvent> watch) {
    return new RunObserver() {
      @Override
      public synchronized void on(StageEvent event) {
        watch.accept(event);
      }

      @Override
      public boolean cancelled() {
        return cancellation.requested();
      }
    };
  }

  /** A change of the run's own settings; null leaves one as it is. */
  static Recipe settings(Long seed, Double start, Double duration, Double styleStart) {
    return new Recipe(
        null,
        null,
        null,
        null,
        null,
        null,
        seed,
        null,
        null,
        start,
        duration,
        styleStart,
        null,
        null);
  }
}
