package maestro.graph.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.Role;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackRepository;
import maestro.api.run.Device;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.plan.Wiring.Loose;
import maestro.graph.recipe.Problems;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.RecipeProblems;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.recipe.RunSettings;
import maestro.graph.store.Weights;

/**
 * Turns a recipe into a plan: takes its plugins, asks their roles for nodes, wires these and lets
 * them look at their wiring. Every problem is found, not only the first; knows no plugin by name.
 */
public final class Planner {
  private final PluginRegistry registry;
  private final PackRepository packs;
  private final List<Role<?>> roles;

  /**
   * A planner over what is installed.
   *
   * @param packs null when no bundle offers packs
   * @param roles the kinds of plugins that can take part
   */
  public Planner(PluginRegistry registry, PackRepository packs, List<Role<?>> roles) {
    this.registry = registry;
    this.packs = packs;
    this.roles = List.copyOf(roles);
  }

  /**
   * Plans a recipe.
   *
   * @param given what the job brings along
   * @param without ids of optional entries that turned out to lack something, with the reason
   * @param wanted kinds the job is for
   * @return holds the plugins until it is closed
   * @throws RecipeProblems or another MaestroException when it cannot run
   */
  public Plan plan(
      ResolvedRecipe resolved,
      Role.Given given,
      Map<String, String> without,
      List<maestro.api.node.Kind<?>> wanted) {
    Recipe recipe = resolved.recipe();
    Problems problems = new Problems(recipe.name());
    RunSettings.check(recipe, problems);
    Optional<ModelPack> pack = openPack(recipe, problems);
    List<String> dropped = new ArrayList<>(without.values());
    List<PluginLease<?>> leases = new ArrayList<>();
    try {
      Set<Class<?>> broken = new HashSet<>();
      List<MaestroException> off = new ArrayList<>();
      Map<String, Loose> loose = given(given, recipe);
      for (Taking taking : take(recipe, pack, without, problems, dropped, broken, off, leases)) {
        nodes(taking, given, loose, problems, dropped, broken);
      }
      Map<String, Planned> nodes = new Wiring(loose, problems, broken, this::givers).wire(wanted);
      ExtentRules.check(nodes, problems);
      if (problems.none()) {
        Device device = Device.parse(recipe.device());
        Wiring.check(nodes, one -> new CheckContext(one, device, pack), problems);
      }
      if (!problems.none()) {
        off.forEach(problems::add); // the recipe cannot live without them
      }
      loose.values().stream()
          .map(Loose::planned)
          .filter(one -> one.main() && !nodes.containsKey(one.id()) && wanted.contains(Kinds.SOUND))
          .forEach(one -> dropped.add(one.id() + " takes no part: nothing takes what it gives"));
      Plan plan = new Plan(nodes, pack, dropped, leases);
      checkFrames(recipe, plan, problems);
      problems.refuseIfAny();
      return plan;
    } catch (RuntimeException | Error e) {
      Plan.close(leases);
      throw e;
    }
  }

  private static void checkFrames(Recipe recipe, Plan plan, Problems problems) {
    try {
      int multiple = plan.format(Device.CPU).frameMultiple();
      if (recipe.melFrames() % multiple != 0) {
        problems.add(
            "melFrames",
            "illegal value: " + recipe.melFrames() + ", must be a multiple of " + multiple,
            "use 1024");
      }
    } catch (MaestroException e) {
      problems.add(e);
    }
  }

  /** An entry and its plugin. */
  private record Taking(Recipe.Entry entry, PluginLease<?> lease, Role<?> role) {}

  /** What comes with a job, as nodes without inputs. */
  private static Map<String, Loose> given(Role.Given given, Recipe recipe) {
    Map<String, Loose> loose = new LinkedHashMap<>();
    source(loose, Kinds.FILM.name(), new SourceNode(Kinds.FILM, Extent.FILM));
    if (given.style() || !given.known()) {
      source(loose, Kinds.STYLE.name(), new SourceNode(Kinds.STYLE, Extent.FILM));
    }
    for (String control : given.curves()) {
      source(loose, SourceNode.curve(control), new SourceNode(Kinds.CURVE, Extent.FILM));
    }
    source(loose, Kinds.NOISE.name(), new SourceNode(Kinds.NOISE, Extent.FILM));
    source(loose, Kinds.GUIDANCE.name(), new SourceNode(Kinds.GUIDANCE, Extent.RUN));
    return loose;
  }

  private static void source(Map<String, Loose> loose, String id, Node node) {
    loose.put(
        id, new Loose(new Planned(id, node, null, false, List.of(), Map.of()), null, List.of()));
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
      problems.add(e);
      return Optional.empty();
    }
  }

  private List<Taking> take(
      Recipe recipe,
      Optional<ModelPack> pack,
      Map<String, String> without,
      Problems problems,
      List<String> dropped,
      Set<Class<?>> broken,
      List<MaestroException> off,
      List<PluginLease<?>> leases) {
    List<PluginDescription> known = registry.plugins();
    List<Taking> takings = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Recipe.Entry entry : recipe.bundles()) {
      if (!seen.add(entry.id())) {
        problems.add(entry.id(), "it is in the recipe twice", "take one entry out");
        continue;
      }
      if (without.containsKey(entry.id())) {
        continue;
      }
      Role<?> role = role(entry.id(), known);
      try {
        PluginLease<?> lease = lease(entry, role, pack, recipe);
        leases.add(lease);
        takings.add(new Taking(entry, lease, role));
      } catch (MaestroException e) {
        if (registry.isOff(entry.id())) {
          off.add(e);
          dropped.add(
              entry.id() + " left out: it is switched off; " + e.next() + " to have it back");
          continue;
        }
        boolean absent = known.stream().noneMatch(plugin -> plugin.answersTo(entry.id()));
        if (entry.mayBeMissing() && (absent || e instanceof MissingWeights)) {
          dropped.add(entry.id() + " left out: " + e.getMessage());
        } else {
          problems.add(e);
          broken.add(role.service());
        }
      }
    }
    return takings;
  }

  /**
   * The role of an id: that of the plugin, or, where there is none, of the plugins whose names
   * begin alike.
   */
  private Role<?> role(String id, List<PluginDescription> known) {
    String family = id.contains(".") ? id.substring(0, id.indexOf('.') + 1) : id;
    return known.stream()
        .filter(plugin -> plugin.answersTo(id))
        .flatMap(plugin -> role(plugin).stream())
        .findFirst()
        .or(
            () ->
                known.stream()
                    .filter(plugin -> plugin.name().startsWith(family))
                    .flatMap(plugin -> role(plugin).stream())
                    .findFirst())
        .orElseGet(
            () ->
                roles.stream()
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new MaestroException(
                                Kind.CONFIGURATION,
                                id,
                                "this distribution knows no kind of plugin",
                                "install maestro.roles")));
  }

  private Optional<Role<?>> role(PluginDescription plugin) {
    for (Role<?> role : roles) {
      if (role.service().getSimpleName().equals(plugin.kind())) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  private PluginLease<?> lease(
      Recipe.Entry entry, Role<?> role, Optional<ModelPack> pack, Recipe recipe) {
    PluginDescription plugin = registry.describe(role.service(), entry.id());
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
    registry.check(role.service(), entry.id(), entry.config());
    checkWeights(entry, plugin, pack, recipe);
    return registry.lease(role.service(), entry.id(), entry.config());
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

  private static void nodes(
      Taking taking,
      Role.Given given,
      Map<String, Loose> loose,
      Problems problems,
      List<String> dropped,
      Set<Class<?>> broken) {
    PluginDescription plugin = taking.lease.plugin();
    try {
      nodes(taking.role, taking.lease, given)
          .forEach(
              (suffix, node) -> {
                String id = plugin.name() + suffix;
                loose.put(
                    id,
                    new Loose(
                        new Planned(
                            id,
                            node,
                            taking.lease,
                            taking.entry.mayBeMissing(),
                            List.of(),
                            Map.of()),
                        given.curves().contains(plugin.name())
                            ? fromFile(taking.entry)
                            : taking.entry,
                        suffix.isEmpty() ? plugin.declared().takes() : List.of()));
              });
    } catch (MaestroException e) {
      if (e.kind() == Kind.USAGE) {
        dropped.add(plugin.name() + " takes no part: " + e.reason());
      } else {
        problems.add(e);
        broken.add(taking.role.service());
      }
    }
  }

  /** A control that is given as a file takes its own file. */
  private static Recipe.Entry fromFile(Recipe.Entry entry) {
    Map<String, Object> in = new LinkedHashMap<>(entry.in());
    in.put(Kinds.CURVE.name(), SourceNode.curve(entry.id()));
    return new Recipe.Entry(entry.id(), entry.optional(), entry.config(), entry.after(), in);
  }

  private static <S> Map<String, Node> nodes(Role<S> role, PluginLease<?> lease, Role.Given given) {
    return role.nodes(lease.plugin(), role.service().cast(lease.service()), given);
  }

  /** Names of plugins that are on and whose role gives a kind; those made when they are asked. */
  private List<String> givers(maestro.api.node.Kind<?> kind) {
    List<String> names = new ArrayList<>();
    for (PluginDescription plugin : registry.plugins()) {
      role(plugin)
          .filter(role -> gives(role, plugin, kind))
          .ifPresent(r -> names.add(plugin.name()));
    }
    return names.stream().limit(4).toList();
  }

  private <S> boolean gives(Role<S> role, PluginDescription plugin, maestro.api.node.Kind<?> kind) {
    Role.Given anything = new Role.Given(true, Set.of(), false);
    try (PluginLease<S> lease = registry.lease(role.service(), plugin.name(), Map.of())) {
      return role.nodes(plugin, lease.service(), anything).values().stream()
          .flatMap(node -> node.outputs().stream())
          .anyMatch(port -> port.kind().equals(kind));
    } catch (MaestroException e) {
      return false; // one that cannot be had helps nobody
    }
  }

  /** Weights that an optional entry may do without. */
  private static final class MissingWeights extends MaestroException {
    private static final long serialVersionUID = 1L;

    MissingWeights(String part, String cause, String next) {
      super(Kind.CONFIGURATION, part, cause, next);
    }
  }
}
