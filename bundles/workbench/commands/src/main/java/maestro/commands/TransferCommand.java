package maestro.commands;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginNames;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.run.EngineChoice;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.RecipeBook;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.GenerationGraph;
import maestro.graph.run.ScoreRequest;
import maestro.graph.run.ScoreResult;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro transfer}: the paper's composition style transfer (section 3.2.2). */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "transfer",
    description = "Write a score for a film that follows the melody and dynamics of a style piece.",
    footer = {
      "",
      "Example:",
      "  maestro transfer clip.mp4 --style piece.ogg --control melody,dynamics -o scored.mp4"
    })
public final class TransferCommand implements MaestroCommand {
  /** The recipe when none is named. */
  static final String RECIPE = "style-transfer";

  @Mixin CommandOptions options;

  @Mixin RecipeOptions recipes;

  @Mixin ScoreOptions given;

  @Parameters(paramLabel = "FILM", description = "The film, in any format FFmpeg reads.")
  Path film;

  @Option(
      names = "--style",
      required = true,
      paramLabel = "AUDIO",
      description = "The style piece.")
  Path style;

  @Option(
      names = "--control",
      split = ",",
      paramLabel = "NAME",
      description =
          "What to follow: melody, dynamics or another control; default: those of the recipe.")
  List<String> controls;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "OUT",
      description =
          "Result: .wav for the music alone; .mp4, .m4v, .mov or .mkv for the film with its score.")
  Path out;

  @Reference GenerationGraph graph;
  @Reference RecipeBook book;
  @Reference PluginRegistry registry;
  @Reference MediaReader media;

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policyOption = ReferencePolicyOption.GREEDY)
  EngineChoice engines;

  @Override
  public Integer call() {
    ResolvedRecipe chosen =
        book.resolve(recipes.recipe == null ? book.standard("transfer", RECIPE) : recipes.recipe);
    ResolvedRecipe recipe =
        recipes.resolve(
            controls == null ? chosen : steered(chosen, controls, PluginNames.of(registry)),
            registry);
    recipe = recipes.suited(recipe, registry, engines, media, film);
    long begun = System.nanoTime();
    ScoreResult result;
    try (Watcher watcher = new Watcher(options)) {
      result =
          graph.score(
              given.applied(new ScoreRequest(recipe, film, Optional.of(style), Optional.of(out))),
              watcher);
    }
    ScoreReport.print(options, out, recipe, result, (System.nanoTime() - begun) * 1e-9);
    return 0;
  }

  /** The recipe with exactly these controls; those it has keep their settings. */
  static ResolvedRecipe steered(ResolvedRecipe recipe, List<String> controls, PluginNames names) {
    List<String> wanted =
        controls.stream()
            .flatMap(name -> names.all(Names.full("control", name)).stream())
            .distinct()
            .toList();
    if (wanted.isEmpty()) {
      throw new MaestroException(
          Kind.USAGE, "--control", "it names nothing", "write --control melody,dynamics");
    }
    List<String> there =
        recipe.recipe().bundles().stream()
            .map(Recipe.Entry::id)
            .filter(id -> id.startsWith("control."))
            .toList();
    List<Recipe.Entry> added = new ArrayList<>();
    wanted.stream().filter(id -> !there.contains(id)).forEach(id -> added.add(Recipe.Entry.of(id)));
    return recipe.changedBy(
        Recipe.change(there.stream().filter(id -> !wanted.contains(id)).toList(), added));
  }
}
