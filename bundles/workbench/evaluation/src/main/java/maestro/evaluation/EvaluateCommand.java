package maestro.evaluation;

import java.util.ArrayList;
import java.util.List;
import maestro.api.host.PluginRegistry;
import maestro.graph.recipe.Recipe;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro evaluate}: one recipe over a dataset. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "evaluate",
    description =
        "Score every test clip of a dataset with a recipe and judge the scores, beside a floor and a ceiling.")
public final class EvaluateCommand implements MaestroCommand {
  @Reference PluginRegistry registry;
  @Reference Laboratory laboratory;

  @Mixin CommandOptions options;
  @Mixin DatasetOptions dataset;

  @Parameters(paramLabel = "RECIPE", description = "Name or file of a recipe.")
  String recipe;

  @Mixin MetricOptions metrics;

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

  @Override
  public Integer call() {
    List<Experiment.Method> methods = new ArrayList<>();
    String name = Experiment.named(recipe);
    Recipe change = metrics.without.isEmpty() ? null : Recipe.change(metrics.without, List.of());
    methods.add(new Experiment.Method(name, recipe, change, null, null, null, null));
    baselines.forEach(
        baseline ->
            methods.add(
                new Experiment.Method(baseline.name(), null, null, null, baseline, null, null)));
    Experiment experiment =
        new Experiment(
            "evaluation-" + name,
            "Evaluation of " + name,
            methods,
            metrics.columns(registry),
            transfer,
            null,
            null,
            null,
            null,
            null);
    experiment.check("evaluate");
    return laboratory.run(experiment, options, dataset);
  }
}
