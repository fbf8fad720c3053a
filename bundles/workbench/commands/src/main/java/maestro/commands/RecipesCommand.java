package maestro.commands;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.host.PluginRegistry;
import maestro.files.Json;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.RecipeBook;
import maestro.graph.recipe.RecipeProblems;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.GenerationGraph;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro recipes}: what there is to cook by. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(name = "recipes", description = "List, show, check and make recipes.")
public final class RecipesCommand implements MaestroCommand {
  @Reference RecipeBook book;
  @Reference GenerationGraph graph;
  @Reference PluginRegistry registry;

  @Command(name = "list", description = "List the recipes at hand.")
  int list(@Mixin CommandOptions options) {
    List<Map<String, Object>> json = new ArrayList<>();
    for (String name : book.names()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("name", name);
      String description;
      try {
        Recipe recipe = book.recipe(name);
        description = recipe.description() == null ? "" : recipe.description();
        line.put("base", recipe.base());
      } catch (MaestroException e) {
        description = "cannot be read: " + e.getMessage();
      }
      line.put("description", description);
      json.add(line);
      options.output().line("%-28s %s", name, description);
    }
    options.output().result(Map.of("recipes", json));
    return 0;
  }

  @Command(name = "show", description = "Show a recipe with its bases folded in, and its digest.")
  int show(
      @Mixin CommandOptions options,
      @Parameters(
              paramLabel = "NAME|FILE",
              description = "Recipe by name, or a file that ends in .json.")
          String name,
      @Option(names = "--as-written", description = "Show the file, not what it comes to.")
          boolean asWritten) {
    ResolvedRecipe resolved = book.resolve(name);
    Recipe recipe = asWritten ? book.recipe(name) : resolved.recipe();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("recipe", recipe);
    json.put("digest", resolved.digest());
    options.output().result(json);
    options.output().line("%s", recipe.toJson().stripTrailing());
    options.output().line("digest %s", resolved.digest());
    return 0;
  }

  @Command(
      name = "check",
      description = "Check a recipe as a whole: bundles, settings, pack. Every problem is shown.")
  int check(
      @Mixin CommandOptions options,
      @Parameters(
              paramLabel = "NAME|FILE",
              description = "Recipe by name, or a file that ends in .json.")
          String name) {
    ResolvedRecipe resolved = book.resolve(name);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("recipe", resolved.recipe().name());
    json.put("digest", resolved.digest());
    try {
      List<String> dropped = graph.check(resolved);
      json.put("problems", List.of());
      json.put("leftOut", dropped);
      options.output().result(json, "recipe %s can run", resolved.recipe().name());
      dropped.forEach(sentence -> options.output().line("note: %s", sentence));
      return 0;
    } catch (MaestroException e) {
      if (!options.json()) {
        throw e;
      }
      json.put(
          "problems", e instanceof RecipeProblems all ? all.problems() : List.of(e.getMessage()));
      options.output().result(json);
      return e.kind().exitCode();
    }
  }

  @Command(
      name = "schema",
      description = "Print a JSON Schema of recipes for the plugins that are on, for editors.")
  int schema(@Mixin CommandOptions options) {
    Map<String, Object> schema = RecipeSchema.of(registry.plugins());
    options.output().result(schema);
    options.output().line("%s", Json.pretty(schema).strip());
    return 0;
  }

  @Command(name = "new", description = "Make a recipe of your own, based on another.")
  int create(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "NAME", description = "Its name.") String name,
      @Option(
              names = "--base",
              paramLabel = "NAME",
              description = "The recipe it starts from; default: that of 'score'.")
          String given,
      @Option(
              names = "--without",
              split = ",",
              paramLabel = "ID",
              description = "Bundles to leave out.")
          List<String> without) {
    String base = given == null ? book.standard("score", ScoreCommand.RECIPE) : given;
    book.resolve(base);
    Recipe recipe =
        book.current(
            Recipe.of(
                name,
                Map.of(
                    "name",
                    name,
                    "description",
                    "Based on " + base + ".",
                    "base",
                    base,
                    "without",
                    without == null ? List.of() : without)));
    book.resolve(base).changedBy(recipe);
    Path file = book.create(recipe);
    options
        .output()
        .result(
            Map.of("name", name, "file", file.toString()),
            "%s: based on %s, ready to be edited",
            file,
            base);
    return 0;
  }
}
