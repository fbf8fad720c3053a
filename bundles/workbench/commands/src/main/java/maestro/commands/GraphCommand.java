package maestro.commands;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import maestro.api.host.PluginRegistry;
import maestro.files.AtomicFile;
import maestro.graph.recipe.RecipeBook;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.GenerationGraph;
import maestro.graph.run.PlanView;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro graph}: what a recipe is wired to. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "graph",
    description =
        "Show the graph a recipe comes to: its nodes, what flows between them, the cache.",
    footer = {
      "",
      "Examples:",
      "  maestro graph film-score                              nodes and wires as text",
      "  maestro graph film-score --film clip.mp4 -o graph.svg what the cache has for a film, drawn"
    })
public final class GraphCommand implements MaestroCommand {
  @Mixin CommandOptions options;

  @Mixin RecipeOptions recipes;

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "Recipe by name, or a file that ends in .json; default: film-score.")
  String recipe;

  @Option(
      names = "--film",
      paramLabel = "FILM",
      description = "A film whose values are looked for in the cache.")
  Path film;

  @Option(names = "--style", paramLabel = "AUDIO", description = "A style piece for that film.")
  Path style;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Draw it: .svg for a picture, .dot for Graphviz, .json for programs.")
  Path out;

  @Reference GenerationGraph graph;
  @Reference RecipeBook book;
  @Reference PluginRegistry registry;

  @Override
  public Integer call() {
    if (out != null) {
      Outputs.check(out, "svg", "dot", "json");
    }
    String wanted = recipe != null ? recipe : recipes.recipe;
    ResolvedRecipe resolved =
        recipes.resolve(
            book.resolve(wanted == null ? book.standard("score", ScoreCommand.RECIPE) : wanted),
            registry);
    PlanView plan = graph.plan(resolved, Optional.ofNullable(film), Optional.ofNullable(style));
    if (out != null) {
      String name = out.getFileName().toString();
      String text =
          name.endsWith(".svg")
              ? GraphPicture.svg(plan)
              : name.endsWith(".dot") ? GraphPicture.dot(plan) : plan.toJson();
      AtomicFile.write(out, text.getBytes(StandardCharsets.UTF_8));
    }
    options.output().result(plan, "recipe %s: %d nodes", plan.recipe(), plan.nodes().size());
    for (PlanView.Node node : plan.nodes()) {
      options.output().line("%s", line(node));
    }
    plan.notes().forEach(note -> options.output().line("note: %s", note));
    return 0;
  }

  private static String line(PlanView.Node node) {
    List<String> takes =
        node.wires().stream().map(wire -> wire.kind() + " of " + wire.from()).toList();
    String cached =
        node.values() == 0 || node.cached() < 0
            ? ""
            : ", " + node.cached() + " of " + node.values() + " in the cache";
    return String.format(
        "  %-26s -> %s (%s%s)%s%s",
        node.id(),
        String.join(", ", node.gives()),
        node.extent().toLowerCase(java.util.Locale.ROOT),
        cached,
        takes.isEmpty() ? "" : "  <- ",
        String.join(", ", takes));
  }
}
