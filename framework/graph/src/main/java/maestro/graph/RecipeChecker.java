package maestro.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.StyleControl;
import maestro.api.film.FeatureFusion;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.LatentModel;
import maestro.api.latent.Sampler;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackRepository;
import maestro.api.run.Device;
import maestro.api.sound.Vocoder;

/** Checks a recipe as a whole, before anything runs: every problem is found, not only the first. */
final class RecipeChecker {
  /** What takes part in generation, in the order of the graph. */
  static final List<Class<?>> KINDS =
      List.of(
          VisualEncoder.class,
          FeatureFusion.class,
          StyleControl.class,
          LatentModel.class,
          Sampler.class,
          Vocoder.class);

  private final PluginRegistry registry;
  private final PackRepository packs;

  /**
   * A checker over what is installed.
   *
   * @param packs null when no bundle offers packs
   */
  RecipeChecker(PluginRegistry registry, PackRepository packs) {
    this.registry = registry;
    this.packs = packs;
  }

  /**
   * What a recipe comes to.
   *
   * @param parts entries that will run, with their kinds, in the recipe's order
   * @param pack the opened pack
   * @param dropped one sentence for each optional entry that is missing
   */
  record Plan(List<Part> parts, Optional<ModelPack> pack, List<String> dropped) {
    List<Part> of(Class<?> kind) {
      return parts.stream().filter(part -> part.kind() == kind).toList();
    }

    Part one(Class<?> kind) {
      return of(kind).get(0);
    }
  }

  /** One entry and what it turned out to be. */
  record Part(Recipe.Entry entry, Class<?> kind, PluginDescription description) {}

  /** Collects problems and keeps the order in which they were found. */
  private static final class Problems {
    private final String recipe;
    private final List<MaestroException> found = new ArrayList<>();

    Problems(String recipe) {
      this.recipe = recipe;
    }

    void add(String part, String cause, String next) {
      found.add(
          new MaestroException(Kind.CONFIGURATION, "recipe " + recipe + ": " + part, cause, next));
    }

    void add(MaestroException problem) {
      found.add(problem);
    }

    void refuseIfAny() {
      if (found.isEmpty()) {
        return;
      }
      MaestroException first = found.get(0);
      if (found.size() == 1) {
        throw first;
      }
      StringBuilder rest = new StringBuilder();
      for (MaestroException other : found.subList(1, found.size())) {
        rest.append("\n  also ").append(other.getMessage());
      }
      throw new RecipeProblems(first, rest.toString(), found);
    }
  }

  /** Checks a recipe for generation. */
  Plan check(ResolvedRecipe resolved) {
    Recipe recipe = resolved.recipe();
    Problems problems = new Problems(recipe.name());
    checkRun(recipe, problems);
    Optional<ModelPack> pack = openPack(recipe, problems);
    List<String> dropped = new ArrayList<>();
    Set<Class<?>> broken = new HashSet<>();
    List<Part> parts = checkEntries(recipe, pack, problems, dropped, broken);
    checkShape(parts, broken, problems);
    pack.ifPresent(present -> checkControls(parts, present, problems));
    problems.refuseIfAny();
    return new Plan(parts, pack, dropped);
  }

  /** Checks only the encoders of a recipe, for the features by themselves. */
  Plan checkEncoders(ResolvedRecipe resolved) {
    Recipe recipe = resolved.recipe();
    Problems problems = new Problems(recipe.name());
    checkRun(recipe, problems);
    Optional<ModelPack> pack = openPack(recipe, problems);
    List<String> dropped = new ArrayList<>();
    Set<Class<?>> broken = new HashSet<>();
    List<Part> parts = checkEntries(recipe, pack, problems, dropped, broken);
    if (broken.isEmpty() && parts.stream().noneMatch(part -> part.kind() == VisualEncoder.class)) {
      problems.add("encoders", "there is none", "name at least one, such as encoder.cinematic");
    }
    problems.refuseIfAny();
    return new Plan(parts, pack, dropped);
  }

  private static void checkRun(Recipe recipe, Problems problems) {
    try {
      Device.parse(recipe.device());
    } catch (IllegalArgumentException e) {
      problems.add("device", e.getMessage(), "use auto, cpu or cuda:0");
    }
    range(problems, "guidanceScale", recipe.guidanceScale(), 0, 100, "the paper uses 7.5");
    range(problems, "melFrames", recipe.melFrames(), 64, 8192, "the paper uses 1024");
    if (recipe.melFrames() % 4 != 0) {
      problems.add(
          "melFrames",
          "illegal value: " + recipe.melFrames() + ", must be a multiple of 4",
          "use 1024");
    }
    double half = recipe.melFrames() / 200.0;
    range(
        problems,
        "crossFadeSeconds",
        recipe.crossFadeSeconds(),
        0,
        half,
        "it is at most half a window; use 1");
    range(
        problems,
        "startSeconds",
        recipe.startSeconds(),
        0,
        24 * 3600,
        "leave it out for the film's beginning");
    range(
        problems,
        "styleStartSeconds",
        recipe.styleStartSeconds(),
        0,
        24 * 3600,
        "leave it out for the piece's beginning");
    if (recipe.durationSeconds() != null) {
      range(
          problems,
          "durationSeconds",
          recipe.durationSeconds(),
          0.1,
          6 * 3600,
          "leave it out for the film's length");
    }
  }

  private static void range(
      Problems problems, String field, double value, double least, double most, String next) {
    if (!(value >= least && value <= most)) {
      problems.add(
          field, "illegal value: " + value + ", must be between " + least + " and " + most, next);
    }
  }

  private Optional<ModelPack> openPack(Recipe recipe, Problems problems) {
    if (recipe.pack() == null) {
      return Optional.empty();
    }
    if (packs == null) {
      problems.add(
          "pack " + recipe.pack(),
          "this distribution has no bundle for packs",
          "install maestro.packs");
      return Optional.empty();
    }
    try {
      return Optional.of(packs.open(recipe.pack()));
    } catch (MaestroException e) {
      problems.add(under(recipe, e));
      return Optional.empty();
    }
  }

  private List<Part> checkEntries(
      Recipe recipe,
      Optional<ModelPack> pack,
      Problems problems,
      List<String> dropped,
      Set<Class<?>> broken) {
    Map<String, PluginDescription> known = new HashMap<>();
    for (PluginDescription plugin : registry.plugins()) {
      if (kind(plugin.kind()).isPresent()) {
        known.put(plugin.name(), plugin);
      }
    }
    List<Part> parts = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Recipe.Entry entry : recipe.bundles()) {
      if (!seen.add(entry.id())) {
        problems.add(entry.id(), "it is in the recipe twice", "take one entry out");
        continue;
      }
      try {
        parts.add(part(entry, known.get(entry.id()), pack, recipe));
      } catch (MaestroException e) {
        if (entry.mayBeMissing() && !known.containsKey(entry.id())
            || e instanceof MissingWeights && entry.mayBeMissing()) {
          dropped.add(entry.id() + " left out: " + e.getMessage());
        } else {
          problems.add(under(recipe, e));
          PluginDescription one = known.get(entry.id());
          broken.add(one == null ? guess(entry.id()) : kind(one.kind()).orElseThrow());
        }
      }
    }
    return parts;
  }

  private Part part(
      Recipe.Entry entry, PluginDescription known, Optional<ModelPack> pack, Recipe recipe) {
    Class<?> kind = known == null ? guess(entry.id()) : kind(known.kind()).orElseThrow();
    PluginDescription description = registry.describe(kind, entry.id());
    entry
        .config()
        .forEach(
            (setting, value) -> {
              if (value == null) {
                throw new MaestroException(
                    Kind.CONFIGURATION,
                    entry.id(),
                    "setting " + setting + " is null",
                    "give it a value or leave it out");
              }
            });
    registry.check(kind, entry.id(), entry.config());
    checkWeights(entry, description, pack, recipe);
    return new Part(entry, kind, description);
  }

  private static void checkWeights(
      Recipe.Entry entry, PluginDescription plugin, Optional<ModelPack> pack, Recipe recipe) {
    List<String> needed = Weights.required(plugin);
    if (needed.isEmpty()) {
      return;
    }
    if (recipe.pack() == null) {
      throw new MissingWeights(
          entry.id(),
          "it needs weights and the recipe names no pack",
          "give one with --pack; see 'maestro packs list'");
    }
    if (pack.isPresent()) {
      for (String part : needed) {
        if (pack.get().part(part).isEmpty()) {
          throw new MissingWeights(
              entry.id(),
              "pack " + recipe.pack() + " has no part '" + part + "'",
              "choose a pack that has it, or take " + entry.id() + " out of the recipe");
        }
      }
    }
  }

  /** A trained branch knows its controls; what it does not know cannot steer. */
  private static void checkControls(List<Part> parts, ModelPack pack, Problems problems) {
    Object known =
        pack.part("branch").map(branch -> branch.architecture().get("controls")).orElse(null);
    if (!(known instanceof Map<?, ?> controls)) {
      return; // a model without a described branch says itself what it cannot do
    }
    for (Part part : parts) {
      String id = part.entry().id();
      if (part.kind() == StyleControl.class
          && !controls.containsKey(id.substring(id.indexOf('.') + 1))) {
        problems.add(
            id,
            "the branch of pack "
                + pack.name()
                + " was trained for "
                + String.join(
                    ", ", controls.keySet().stream().map(String::valueOf).sorted().toList()),
            "take " + id + " out, or use a pack whose branch knows it");
      }
    }
  }

  /** How many there are of each kind; one that is there and broken is not missing as well. */
  private static void checkShape(List<Part> parts, Set<Class<?>> broken, Problems problems) {
    Map<Class<?>, List<String>> byKind = new LinkedHashMap<>();
    KINDS.forEach(kind -> byKind.put(kind, new ArrayList<>()));
    parts.forEach(part -> byKind.get(part.kind()).add(part.entry().id()));
    Map<Class<?>, String[]> wanted = new LinkedHashMap<>();
    wanted.put(Sampler.class, new String[] {"sampler", "sampler.ddim"});
    wanted.put(Vocoder.class, new String[] {"vocoder", "vocoder.griffin-lim"});
    wanted.put(LatentModel.class, new String[] {"latent model", "latent.vm-unet"});
    wanted.put(FeatureFusion.class, new String[] {"fusion", "fusion.laff or fusion.concat"});
    wanted.forEach(
        (kind, names) -> {
          if (!byKind.get(kind).isEmpty() || !broken.contains(kind)) {
            one(problems, byKind.get(kind), names[0], names[1]);
          }
        });
    if (byKind.get(VisualEncoder.class).isEmpty() && !broken.contains(VisualEncoder.class)) {
      problems.add("encoders", "there is none", "add one, such as encoder.cinematic");
    }
  }

  private static void one(Problems problems, List<String> ids, String what, String example) {
    if (ids.isEmpty()) {
      problems.add(what, "there is none", "add one, such as " + example);
    } else if (ids.size() > 1) {
      problems.add(
          ids.get(1),
          ids.size() + " entries are a " + what + ": " + String.join(", ", ids),
          "keep one; a recipe with a base takes the other out with \"without\"");
    }
  }

  static Optional<Class<?>> kind(String simpleName) {
    return KINDS.stream().filter(kind -> kind.getSimpleName().equals(simpleName)).findFirst();
  }

  private static Class<?> guess(String id) {
    String family = id.contains(".") ? id.substring(0, id.indexOf('.')) : id;
    return switch (family) {
      case "fusion" -> FeatureFusion.class;
      case "control" -> StyleControl.class;
      case "sampler" -> Sampler.class;
      case "latent" -> LatentModel.class;
      case "vocoder" -> Vocoder.class;
      default -> VisualEncoder.class;
    };
  }

  private static MaestroException under(Recipe recipe, MaestroException e) {
    String prefix = e.part() + ": ";
    String sentence =
        e.getMessage().startsWith(prefix)
            ? e.getMessage().substring(prefix.length())
            : e.getMessage();
    int split = sentence.lastIndexOf("; ");
    return new MaestroException(
        Kind.CONFIGURATION,
        "recipe " + recipe.name() + ": " + e.part(),
        split < 0 ? sentence : sentence.substring(0, split),
        split < 0 ? "see 'maestro bundles list'" : sentence.substring(split + 2),
        e);
  }

  /** Weights that an optional entry may do without. */
  private static final class MissingWeights extends MaestroException {
    private static final long serialVersionUID = 1L;

    MissingWeights(String part, String cause, String next) {
      super(Kind.CONFIGURATION, part, cause, next);
    }
  }
}
