package maestro.evaluation;

import java.util.ArrayList;
import java.util.List;
import maestro.api.host.PluginRegistry;
import picocli.CommandLine.Option;

/** Which bundles recipes do without, and by which metrics they are judged. */
final class MetricOptions {
  @Option(
      names = "--without",
      split = ",",
      paramLabel = "ID",
      description = "Leave bundles out of every recipe that has them, as an ablation does.")
  List<String> without = new ArrayList<>();

  @Option(
      names = "--metrics",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "rhythm,loudness",
      description = "Metrics; default ${DEFAULT-VALUE}. An experiment file names its own.")
  List<String> metrics;

  @Option(
      names = "--set",
      paramLabel = "METRIC.SETTING=VALUE",
      description = "A setting of a metric.")
  List<String> settings = new ArrayList<>();

  /** The metrics with their settings. */
  List<Experiment.Column> columns(PluginRegistry registry) {
    List<Experiment.Column> columns = new ArrayList<>();
    MetricsCommand.metrics(registry, metrics, settings)
        .forEach((id, config) -> columns.add(new Experiment.Column(id, config)));
    return columns;
  }
}
