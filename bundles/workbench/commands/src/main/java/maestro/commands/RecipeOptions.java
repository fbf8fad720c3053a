package maestro.commands;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginDescription.Setting;
import maestro.api.host.PluginNames;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.run.Device;
import maestro.api.run.EngineChoice;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.RecipeBook;
import maestro.graph.recipe.ResolvedRecipe;
import picocli.CommandLine.Option;

/** How a command line names a recipe and changes it. */
final class RecipeOptions {

  @Option(
      names = {"-r", "--recipe"},
      paramLabel = "NAME|FILE",
      description = "Recipe by name, or a file that ends in .json.")
  String recipe;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all noise.")
  Long seed;

  @Option(names = "--pack", paramLabel = "NAME", description = "Model pack.")
  String pack;

  @Option(names = "--device", paramLabel = "DEVICE", description = "auto, cpu or cuda:N.")
  String device;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description =
          "Engine of every network that has a choice: onnx, pytorch, torchscript or"
              + " torchscript-float32; default auto, as suits the machine and the length.")
  String engine;

  @Option(
      names = "--maestro",
      paramLabel = "COMPOSER",
      description = "Whose music it should sound like: a composer the pack was trained with.")
  String composer;

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "ID",
      description = "Leave bundles of the recipe out, as an ablation does.")
  List<String> without = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "ID.SETTING=VALUE",
      description =
          "Change one setting of a bundle (sampler.ddim.steps=50) or of the run (guidanceScale=3).")
  Map<String, String> settings = new LinkedHashMap<>();

  /** The recipe of the command line. */
  ResolvedRecipe resolve(RecipeBook book, PluginRegistry registry, String otherwise) {
    return resolve(book.resolve(recipe == null ? otherwise : recipe), registry);
  }

  /** A recipe, changed as the command line says. */
  ResolvedRecipe resolve(ResolvedRecipe chosen, PluginRegistry registry) {
    ResolvedRecipe own = composer == null ? chosen : forComposer(composer, chosen, registry);
    return changed(suits() ? own : on(engine, own, registry), registry);
  }

  /** Whether the engine is to be the one that suits. */
  private boolean suits() {
    return engine == null || engine.equals("auto");
  }

  /**
   * The recipe on the engine that suits this machine and the length of the score, unless the
   * command line or the recipe itself says which.
   *
   * @param engines null when there are none
   */
  ResolvedRecipe suited(
      ResolvedRecipe chosen,
      PluginRegistry registry,
      EngineChoice engines,
      MediaReader media,
      Path film) {
    Recipe own = chosen.recipe();
    if (!suits()
        || engines == null
        || own.bundles().stream().anyMatch(entry -> entry.config().containsKey("engine"))) {
      return chosen;
    }
    return engines
        .forLongWork(Device.parse(own.device()))
        .filter(faster -> seconds(own, media.probe(film)) >= EngineChoice.LONG_SECONDS)
        .flatMap(faster -> chosen.withSetting(registry, "engine", faster))
        .orElse(chosen);
  }

  private static double seconds(Recipe recipe, FilmClip film) {
    double rest = film.durationSeconds() - recipe.startSeconds();
    return recipe.durationSeconds() == null ? rest : Math.min(rest, recipe.durationSeconds());
  }

  private ResolvedRecipe changed(ResolvedRecipe chosen, PluginRegistry registry) {
    PluginNames names = PluginNames.of(registry);
    Map<String, Map<String, Object>> changes = new LinkedHashMap<>();
    Map<String, Object> run = new LinkedHashMap<>();
    settings.forEach(
        (path, value) -> {
          int dot = path.lastIndexOf('.');
          if (dot < 0) {
            run.put(path, ofTheRun(path, value));
          } else {
            String setting = path.substring(dot + 1);
            names
                .divided(path.substring(0, dot), Map.of(setting, value))
                .forEach(
                    (id, own) -> {
                      if (!own.isEmpty()) {
                        changes
                            .computeIfAbsent(inRecipe(chosen, id), key -> new LinkedHashMap<>())
                            .put(setting, typed(registry, id, setting, value));
                      }
                    });
          }
        });
    List<Map<String, Object>> entries = new ArrayList<>();
    changes.forEach((id, config) -> entries.add(Map.of("id", id, "config", config)));
    run.put("bundles", entries);
    run.put("without", without);
    run.put("name", chosen.recipe().name());
    put(run, "pack", pack);
    put(run, "seed", seed);
    put(run, "device", device);
    return chosen.changedBy(Recipe.of("with --set", run).current(names));
  }

  private static void put(Map<String, Object> fields, String name, Object value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  /** A setting of the run; most are numbers, and then it must be one. */
  private static Object ofTheRun(String name, String text) {
    Object value = plain(text);
    if (value instanceof String && NUMBERS.contains(name)) {
      throw usage(
          "--set",
          name + "=" + text + ": " + text + " is no number",
          "write for instance --set " + name + "=3");
    }
    return value;
  }

  private static final Set<String> NUMBERS =
      Set.of(
          "seed",
          "guidanceScale",
          "startSeconds",
          "durationSeconds",
          "styleStartSeconds",
          "melFrames",
          "crossFadeSeconds");

  /** A number where it is one. */
  private static Object plain(String text) {
    try {
      return text.matches("-?\\d+") ? (Object) Long.valueOf(text) : Double.valueOf(text);
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private static ResolvedRecipe on(String engine, ResolvedRecipe chosen, PluginRegistry registry) {
    return chosen
        .withSetting(registry, "engine", engine)
        .orElseThrow(
            () ->
                usage(
                    "--engine",
                    "no bundle of recipe " + chosen.recipe().name() + " has a choice of engine",
                    "leave it out"));
  }

  private static ResolvedRecipe forComposer(
      String composer, ResolvedRecipe chosen, PluginRegistry registry) {
    return chosen
        .forComposer(registry, composer)
        .orElseThrow(
            () ->
                usage(
                    "--maestro",
                    "recipe " + chosen.recipe().name() + " has no part that takes a composer",
                    "leave it out, or use a recipe that has one, such as film-score"));
  }

  private static String inRecipe(ResolvedRecipe chosen, String id) {
    List<String> ids = chosen.recipe().bundles().stream().map(Recipe.Entry::id).toList();
    if (!ids.contains(id)) {
      throw usage(
          "--set",
          id + " is not in recipe " + chosen.recipe().name(),
          "use one of " + String.join(", ", ids));
    }
    return id;
  }

  private static Optional<PluginDescription> description(PluginRegistry registry, String id) {
    return registry.plugins().stream().filter(plugin -> plugin.name().equals(id)).findFirst();
  }

  /** Text as the type the plugin declares; the registry refuses what it does not like. */
  private static Object typed(PluginRegistry registry, String id, String name, String text) {
    String type =
        description(registry, id).stream()
            .flatMap(plugin -> plugin.settings().stream())
            .filter(setting -> setting.name().equals(name))
            .map(Setting::type)
            .findFirst()
            .orElse("String");
    try {
      return switch (type) {
        case "Integer" -> Integer.valueOf(text);
        case "Long" -> Long.valueOf(text);
        case "Double", "Float" -> Double.valueOf(text);
        case "Boolean" -> bool(text);
        default -> text;
      };
    } catch (IllegalArgumentException e) {
      throw new MaestroException(
          Kind.USAGE,
          "--set",
          "illegal " + id + "." + name + ": " + text,
          "give a value of type " + type,
          e);
    }
  }

  private static Boolean bool(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(text);
    }
    return Boolean.valueOf(text);
  }

  private static MaestroException usage(String part, String cause, String next) {
    return new MaestroException(Kind.USAGE, part, cause, next);
  }
}
