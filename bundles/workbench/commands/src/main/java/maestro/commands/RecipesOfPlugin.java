package maestro.commands;

import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.RecipeBook;
import maestro.runtime.command.PluginUses;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Looks a plugin up in the recipes at hand. */
@Component
public final class RecipesOfPlugin implements PluginUses {
  private final RecipeBook book;

  /** Made by Declarative Services. */
  @Activate
  public RecipesOfPlugin(@Reference RecipeBook book) {
    this.book = book;
  }

  @Override
  public List<String> recipes(String plugin) {
    List<String> naming = new ArrayList<>();
    for (String name : book.names()) {
      try {
        Recipe recipe = book.resolve(name).recipe();
        if (recipe.bundles().stream().anyMatch(each -> each.id().equals(plugin))) {
          naming.add(name);
        }
      } catch (MaestroException e) {
        continue; // 'maestro recipes check' says what is wrong with it
      }
    }
    return naming;
  }
}
