package maestro.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.metric.Measure;
import maestro.api.metric.Metric;
import maestro.api.pack.PackRepository;
import maestro.graph.run.GenerationGraph;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Progress;
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

/** {@code maestro metrics}: judges folders of music. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "metrics",
    description = {
      "Judge generated music: folders of clips, matched by name with their references and controls.",
      "Clips in subfolders have the subfolder as their class of style."
    })
public final class MetricsCommand implements MaestroCommand {
  private final PluginRegistry registry;
  private final MediaReader media;
  private final GenerationGraph graph;
  private final PackRepository packs;

  @Mixin CommandOptions options;

  @Parameters(
      index = "0",
      paramLabel = "NAME[,NAME]",
      split = ",",
      description = "Metrics, such as rhythm,fad; 'all' for all that are on.")
  List<String> names;

  @Option(
      names = "--generated",
      required = true,
      paramLabel = "[METHOD=]DIR",
      description = "Clips of a method; once for each method.")
  List<String> generated;

  @Option(
      names = "--reference",
      paramLabel = "DIR",
      description = {
        "Real clips of the same names.",
        "Metrics of a whole corpus, as replication, take all that is there."
      })
  Path reference;

  @Option(
      names = "--films",
      paramLabel = "DIR",
      description = "Films of the same names, that the clips were scored for.")
  Path films;

  @Option(
      names = "--controls",
      paramLabel = "DIR",
      description = "What was asked for: .safetensors files of 'maestro controls'.")
  Path controls;

  @Option(
      names = "--set",
      paramLabel = "METRIC.SETTING=VALUE",
      description = "A setting of a metric, such as rhythm.variant=d2m.")
  List<String> settings = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "All clips are cut to this length; default ${DEFAULT-VALUE}.")
  double seconds;

  @Option(
      names = "--bootstrap",
      paramLabel = "N",
      defaultValue = "200",
      description = "Draws of the 95 %% intervals, 0 for none; default ${DEFAULT-VALUE}.")
  int draws;

  @Option(
      names = "--permutations",
      paramLabel = "N",
      defaultValue = "1024",
      description =
          "Draws of the tests of several methods against the first, 0 for none; default ${DEFAULT-VALUE}.")
  int permutations;

  @Mixin JudgeOptions judge;

  /** A command over the host's services. */
  @Activate
  public MetricsCommand(
      @Reference PluginRegistry registry,
      @Reference MediaReader media,
      @Reference GenerationGraph graph,
      @Reference(
              cardinality = ReferenceCardinality.OPTIONAL,
              policyOption = ReferencePolicyOption.GREEDY)
          PackRepository packs) {
    this.registry = registry;
    this.media = media;
    this.graph = graph;
    this.packs = packs;
  }

  @Override
  public Integer call() {
    if (draws < 0 || permutations < 0 || !(seconds > 0)) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          "metrics",
          "a number of draws is below 0, or --seconds not above",
          "correct it, or leave it out");
    }
    SingleRun context = this.judge.run(options, 7, packs);
    Untrained.judge(context).ifPresent(context::remark);
    ScoredFilms watcher = new ScoredFilms(graph, seconds, observer());
    List<Table.Row> rows = new ArrayList<>();
    try (Judge judge =
            new Judge(
                registry,
                graph.cache(),
                context,
                metrics(registry, names, settings),
                names.equals(List.of("all")));
        Progress progress = options.progress()) {
      Map<String, Judge.Heard> heard = new LinkedHashMap<>();
      for (String one : generated) {
        int at = one.indexOf('=');
        Path folder = Path.of(one.substring(at + 1));
        String method = at > 0 ? one.substring(0, at) : String.valueOf(folder.getFileName());
        ItemSet items =
            new ItemSet(media, folder, reference, controls, seconds)
                .films(watcher, films == null ? Map.of() : ItemSet.films(films))
                .corpus(() -> reference == null ? Map.of() : ItemSet.sounds(reference));
        progress.stage(method, heard.size() + 1, generated.size());
        if (heard.put(method, judge.hear(items, progress::step)) != null) {
          throw new MaestroException(
              MaestroException.Kind.USAGE,
              "metrics",
              "two folders are called " + method,
              "name them, as in ours=DIR");
        }
      }
      heard.forEach(
          (method, samples) ->
              rows.add(new Table.Row(method, false, judge.figures(samples, draws, 7))));
      PairedTests tests = tests(judge, heard);
      Table table =
          new Table(
              "Figures with 95 % bootstrap intervals over clips of " + seconds + " s",
              judge.measures(),
              rows,
              tests);
      Map<String, Object> leftOut = new LinkedHashMap<>();
      heard.forEach((method, samples) -> leftOut.put(method, samples.leftOut()));
      Map<String, Object> object = new LinkedHashMap<>();
      rows.forEach(row -> object.put(row.method(), Results.figures(row.figures())));
      options
          .output()
          .result(
              Map.of(
                  "methods",
                  object,
                  "tests",
                  tests.object(),
                  "leftOut",
                  leftOut,
                  "remarks",
                  context.remarks(),
                  "samplesComputed",
                  judge.computed(),
                  "samplesFound",
                  judge.found()),
              "%s",
              table.markdown());
      tests.lines(judge.measures()).forEach(line -> options.output().line("%s", line));
      context.remarks().forEach(remark -> options.output().line("- %s", remark));
    }
    return 0;
  }

  private PairedTests tests(Judge judge, Map<String, Judge.Heard> heard) {
    List<String> methods = List.copyOf(heard.keySet());
    Map<String, Map<String, PairedTests.Test>> tests = new LinkedHashMap<>();
    for (String method :
        permutations > 0 ? methods.subList(1, methods.size()) : List.<String>of()) {
      tests.put(
          method, judge.compare(heard.get(methods.get(0)), heard.get(method), permutations, 7));
    }
    return PairedTests.of(
        methods.get(0), tests, judge.measures().stream().map(Measure::name).toList());
  }

  private RunObserver observer() {
    return RunObserver.silent(options.cancellation()::requested);
  }

  /** Settings by full name of metric. */
  static Map<String, Map<String, Object>> metrics(
      PluginRegistry registry, List<String> names, List<String> settings) {
    Map<String, Map<String, Object>> metrics = new LinkedHashMap<>();
    if (names.equals(List.of("all"))) {
      registry.plugins().stream()
          .filter(plugin -> plugin.kind().equals(Metric.class.getSimpleName()))
          .map(PluginDescription::name)
          .forEach(name -> metrics.put(name, new LinkedHashMap<>()));
    } else {
      names.forEach(name -> metrics.put(full(name), new LinkedHashMap<>()));
    }
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      int dot = equals < 0 ? -1 : setting.lastIndexOf('.', equals);
      if (dot < 1) {
        throw new MaestroException(
            MaestroException.Kind.USAGE,
            "--set " + setting,
            "it is not a setting",
            "write METRIC.SETTING=VALUE");
      }
      String metric = full(setting.substring(0, dot));
      if (!metrics.containsKey(metric)) {
        throw new MaestroException(
            MaestroException.Kind.USAGE,
            "--set " + setting,
            "metric " + metric + " is not asked for",
            "use one of " + metrics.keySet());
      }
      metrics
          .get(metric)
          .put(setting.substring(dot + 1, equals), value(setting.substring(equals + 1)));
    }
    return metrics;
  }

  private static String full(String name) {
    return name.startsWith("metric.") ? name : "metric." + name;
  }

  private static Object value(String text) {
    if (text.equals("true") || text.equals("false")) {
      return Boolean.valueOf(text);
    }
    if (text.matches("-?\\d{1,18}")) {
      return Long.valueOf(text);
    }
    return text.matches("-?(\\d+\\.\\d*|\\.\\d+|\\d+)([eE][-+]?\\d+)?")
        ? Double.valueOf(text)
        : text;
  }
}
