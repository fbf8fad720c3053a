package maestro.evaluation;

import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.runtime.command.Output;

/**
 * The ablation of a recipe: a row for the whole, and one for each of its bundles that it can live
 * without, with that bundle left out.
 */
final class EachOff {
  private EachOff() {}

  /**
   * The experiment.
   *
   * @param off bundles that are left out of all rows
   * @param output says which bundles the recipe cannot live without, and why
   * @throws MaestroException when the whole recipe cannot run, or can live without none of its
   *     bundles
   */
  static Experiment of(
      Laboratory laboratory,
      String recipe,
      List<String> off,
      List<Experiment.Column> columns,
      Output output) {
    String name = Experiment.named(recipe);
    Recipe always = laboratory.recipes.current(Recipe.change(off, List.of()));
    ResolvedRecipe base = laboratory.recipes.resolve(recipe);
    ResolvedRecipe whole = base.changedBy(always);
    laboratory.graph.check(whole);
    List<Experiment.Method> methods = new ArrayList<>();
    methods.add(new Experiment.Method("whole", recipe, always, null, null, null, null));
    for (Recipe.Entry entry : whole.recipe().bundles()) {
      Recipe without = always.leavingOut(List.of(entry.id()), base.recipe());
      try {
        laboratory.graph.check(base.changedBy(without));
        methods.add(
            new Experiment.Method(
                "without " + entry.id(), recipe, without, null, null, null, null));
      } catch (MaestroException e) {
        output.warn("%s stays: without it, %s", entry.id(), e.reason());
      }
    }
    if (methods.size() == 1) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "recipe " + name,
          "there is no bundle it can live without",
          "name an experiment instead");
    }
    return new Experiment(
        name + "-each-off",
        name + ", each bundle left out in turn",
        methods,
        columns,
        false,
        null,
        null,
        null,
        null,
        null);
  }
}
