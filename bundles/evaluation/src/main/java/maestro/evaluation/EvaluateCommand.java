package maestro.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.pack.PackRepository;
import maestro.api.run.Device;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import maestro.graph.GenerationGraph;
import maestro.graph.Home;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Progress;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro evaluate} and its services, which {@code maestro ablate} uses too. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "evaluate",
    description =
        "Score every test clip of a dataset with a recipe and judge the scores, beside a floor and a ceiling.")
public final class EvaluateCommand implements MaestroCommand {
  private final BundleContext context;
  private final PluginRegistry registry;
  private final GenerationGraph graph;
  private final MediaReader reader;
  private final MediaWriter writer;
  private final PackRepository packs;

  @Mixin CommandOptions options;
  @Mixin DatasetOptions dataset;

  @Parameters(paramLabel = "RECIPE", description = "Name or file of a recipe.")
  String recipe;

  @Option(
      names = "--metrics",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "rhythm,fad,loudness",
      description = "Metrics; default ${DEFAULT-VALUE}.")
  List<String> metrics;

  @Option(
      names = "--set",
      paramLabel = "METRIC.SETTING=VALUE",
      description = "A setting of a metric.")
  List<String> settings = new ArrayList<>();

  @Option(
      names = "--transfer",
      description = "Combine each clip with style pieces; the recipe has style controls.")
  boolean transfer;

  @Option(
      names = "--baselines",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "real,phaseScrambled,noise",
      description = "Among ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  List<Experiment.Baseline> baselines;

  /** A command over the host's services. */
  @Activate
  public EvaluateCommand(
      BundleContext context,
      @Reference PluginRegistry registry,
      @Reference GenerationGraph graph,
      @Reference MediaReader reader,
      @Reference MediaWriter writer,
      @Reference(
              cardinality = ReferenceCardinality.OPTIONAL,
              policyOption = ReferencePolicyOption.GREEDY)
          PackRepository packs) {
    this.context = context;
    this.registry = registry;
    this.graph = graph;
    this.reader = reader;
    this.writer = writer;
    this.packs = packs;
  }

  @Override
  public Integer call() {
    List<Experiment.Method> methods = new ArrayList<>();
    String name = Path.of(recipe).getFileName().toString().replaceAll("\\.json$", "");
    methods.add(new Experiment.Method(name, recipe, null, null, null));
    baselines.forEach(
        baseline ->
            methods.add(new Experiment.Method(baseline.name(), null, null, null, baseline)));
    List<Experiment.Column> columns = new ArrayList<>();
    MetricsCommand.metrics(registry, metrics, settings)
        .forEach((id, config) -> columns.add(new Experiment.Column(id, config)));
    Experiment experiment =
        new Experiment(
            "evaluation-" + name,
            "Evaluation of " + name,
            methods,
            columns,
            transfer,
            null,
            null,
            null,
            null,
            null);
    experiment.check("evaluate");
    return run(experiment, options, dataset, context, registry, graph, reader, writer, packs);
  }

  /** Where the clips come from and where the results go. */
  static final class DatasetOptions {
    @Option(
        names = "--dataset",
        required = true,
        paramLabel = "MANIFEST",
        description = "Clips, as 'maestro dataset' makes them.")
    Path manifest;

    @Option(
        names = "--root",
        paramLabel = "DIR",
        description = "Root of the clips' paths; default: the manifest's folder.")
    Path root;

    @Option(
        names = "--split",
        paramLabel = "NAME",
        defaultValue = "test",
        description = "Split to score, or 'all'; default ${DEFAULT-VALUE}.")
    String split;

    @Option(names = "--limit", paramLabel = "N", description = "Score the first N clips only.")
    Integer limit;

    @Option(
        names = {"-o", "--out"},
        required = true,
        paramLabel = "DIR",
        description = "Folder of the results; an unfinished one is continued.")
    Path out;

    @Option(
        names = "--pack",
        paramLabel = "NAME",
        description = "Model pack with the weights of embedding networks.")
    String pack;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto")
    String device;
  }

  static int run(
      Experiment experiment,
      CommandOptions options,
      DatasetOptions dataset,
      BundleContext context,
      PluginRegistry registry,
      GenerationGraph graph,
      MediaReader reader,
      MediaWriter writer,
      PackRepository packs) {
    List<Clip> clips = Manifest.read(dataset.manifest);
    List<Clip> test =
        clips.stream()
            .filter(clip -> dataset.split.equals("all") || dataset.split.equals(clip.split))
            .filter(clip -> clip.matched)
            .limit(dataset.limit == null ? Long.MAX_VALUE : dataset.limit)
            .toList();
    List<Clip> train =
        clips.stream().filter(clip -> "train".equals(clip.split) && clip.matched).toList();
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
    MetricContext metricContext =
        new MetricContext(
            options.cancellation(),
            Device.parse(dataset.device),
            experiment.seed(),
            dataset.pack == null || packs == null ? null : packs.open(dataset.pack));
    ExperimentRun.Outcome outcome;
    try (Progress progress = options.progress()) {
      outcome =
          new ExperimentRun(
                  graph,
                  Home.recipes(context),
                  registry,
                  reader,
                  writer,
                  progress,
                  options.cancellation())
              .run(
                  experiment,
                  new ExperimentRun.Data(root, test, train),
                  dataset.out,
                  metricContext);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    outcome
        .table()
        .rows()
        .forEach(row -> figures.put(row.method(), Results.figures(row.figures())));
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("figures", figures);
    object.put("p", Results.numbers(outcome.tests()));
    object.put("effort", outcome.effort());
    object.put("report", dataset.out.resolve(experiment.name() + ".md").toString());
    options.output().result(object, "%s", outcome.table().markdown());
    options.output().line("Report: %s", dataset.out.resolve(experiment.name() + ".md"));
    return 0;
  }
}
