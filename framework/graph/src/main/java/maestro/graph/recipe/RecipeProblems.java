package maestro.graph.recipe;

import java.util.List;
import maestro.api.MaestroException;

/** Everything that is wrong with a recipe; the message's first line is the first problem. */
public final class RecipeProblems extends MaestroException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public RecipeProblems(MaestroException first, String rest, List<MaestroException> all) {
    super(first.kind(), first.part(), first.reason(), first.next() + rest, first);
    problems = all.stream().map(Throwable::getMessage).toList();
  }

  /** One sentence for each problem, in the order of the recipe. */
  public List<String> problems() {
    return problems;
  }
}
