package maestro.evaluation;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.ResolvedRecipe;

/** An experiment in which some bundles are left out of every recipe that has them. */
final class Without {
  private Without() {}

  /**
   * The experiment.
   *
   * @param said ids of bundles; none leaves it as it is
   * @throws MaestroException when no recipe of it has one of them
   */
  static Experiment of(Laboratory laboratory, Experiment experiment, List<String> said) {
    List<String> ids = laboratory.recipes.current(Recipe.change(said, List.of())).without();
    Set<String> unknown = new LinkedHashSet<>(ids);
    List<Experiment.Method> methods =
        experiment.methods().stream().map(method -> of(laboratory, method, ids, unknown)).toList();
    if (!unknown.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "experiment " + experiment.name(),
          "no recipe of it has " + String.join(", ", unknown) + ", which --without names",
          "see the recipes with 'maestro recipes show'");
    }
    return ids.isEmpty()
        ? experiment
        : new Experiment(
            experiment.name(),
            experiment.title() + ", without " + String.join(", ", ids),
            methods,
            experiment.metrics(),
            experiment.transfer(),
            experiment.stylesPerClass(),
            experiment.seconds(),
            experiment.bootstrap(),
            experiment.permutations(),
            experiment.seed());
  }

  private static Experiment.Method of(
      Laboratory laboratory, Experiment.Method method, List<String> ids, Set<String> unknown) {
    if (method.recipe() == null) {
      return method;
    }
    ResolvedRecipe base = laboratory.recipes.resolve(method.recipe());
    Recipe change =
        method.change() == null
            ? Recipe.change(List.of(), List.of())
            : laboratory.recipes.current(method.change());
    List<String> left =
        base.changedBy(change).recipe().bundles().stream()
            .map(Recipe.Entry::id)
            .filter(ids::contains)
            .toList();
    unknown.removeAll(left);
    return new Experiment.Method(
        method.name(),
        method.recipe(),
        left.isEmpty() ? method.change() : change.leavingOut(left, base.recipe()),
        method.folder(),
        method.baseline(),
        method.composers(),
        method.reconstructs());
  }
}
