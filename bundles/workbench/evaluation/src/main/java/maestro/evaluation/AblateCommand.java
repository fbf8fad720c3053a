package maestro.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code maestro ablate}: the paper's tables, or anybody's own, from a file that says what is
 * compared.
 */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "ablate",
    description = {
      "Compare methods by an experiment file: paired by clip and seed, with intervals and tests.",
      "Killed at any point, the same command goes on where it was."
    })
public final class AblateCommand implements MaestroCommand {
  @Reference Laboratory laboratory;

  private final BundleContext context;

  @Mixin CommandOptions options;
  @Mixin DatasetOptions dataset;

  @Parameters(
      paramLabel = "EXPERIMENT",
      description =
          "Name of an experiment of the distribution, or a file; with --each-off a recipe.")
  String experiment;

  @Option(
      names = "--each-off",
      description =
          "Compare a recipe with itself less one bundle, for each bundle that can be left out.")
  boolean eachOff;

  @Mixin MetricOptions metrics;

  /** A command of this distribution. */
  @Activate
  public AblateCommand(BundleContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return laboratory.run(
        eachOff ? ablation() : Without.of(laboratory, Experiment.read(find()), metrics.without),
        options,
        dataset);
  }

  private Experiment ablation() {
    Experiment ablation =
        EachOff.of(
            laboratory,
            experiment,
            metrics.without,
            metrics.columns(laboratory.registry),
            options.output());
    ablation.check("ablate");
    return ablation;
  }

  private Path find() {
    String distribution = context.getProperty("maestro.distribution");
    Path folder = Path.of(distribution == null ? "." : distribution, "experiments");
    List<String> names = names(folder);
    if (names.contains(experiment)) {
      return folder.resolve(experiment + ".json");
    }
    Path file = Path.of(experiment);
    if (!Files.isRegularFile(file)) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          experiment,
          "there is no experiment of that name and no such file",
          names.isEmpty() ? "give a file" : "use one of " + String.join(", ", names));
    }
    return file;
  }

  /** Experiments that come with a distribution, by name. */
  private static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .map(name -> name.substring(0, name.length() - 5))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          folder.toString(),
          "it cannot be listed",
          "check the folder's permissions",
          e);
    }
  }
}
