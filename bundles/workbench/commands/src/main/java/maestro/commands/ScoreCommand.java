package maestro.commands;

import java.nio.file.Path;
import java.util.Optional;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.run.EngineChoice;
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

/** {@code maestro score}: music for a film. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "score",
    description = "Write a score for a film.",
    footer = {
      "",
      "Examples:",
      "  maestro score clip.mp4 -o scored.mp4            the film with its score",
      "  maestro score clip.mp4 -o music.wav --seed 11   the music alone, another take",
      "What has not changed since the last run is taken from the cache; Ctrl-C stops within a step,",
      "and the same command continues."
    })
public final class ScoreCommand implements MaestroCommand {
  /** The recipe when none is named. */
  static final String RECIPE = "film-score";

  @Mixin CommandOptions options;

  @Mixin RecipeOptions recipes;

  @Mixin ScoreOptions given;

  @Parameters(paramLabel = "FILM", description = "The film, in any format FFmpeg reads.")
  Path film;

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
    ResolvedRecipe recipe = recipes.resolve(book, registry, book.standard("score", RECIPE));
    recipe = recipes.suited(recipe, registry, engines, media, film);
    long begun = System.nanoTime();
    ScoreResult result;
    try (Watcher watcher = new Watcher(options)) {
      result =
          graph.score(
              given.applied(new ScoreRequest(recipe, film, Optional.empty(), Optional.of(out))),
              watcher);
    }
    ScoreReport.print(options, out, recipe, result, (System.nanoTime() - begun) * 1e-9);
    return 0;
  }
}
