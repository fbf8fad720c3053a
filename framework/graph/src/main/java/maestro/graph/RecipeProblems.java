package maestro.graph;

import java.util.List;
import maestro.api.MaestroException;

/** Everything that is wrong with a recipe; the message's first line is the first problem. */
public final class RecipeProblems extends MaestroException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  RecipeProblems(MaestroException first, String rest, List<MaestroException> all) {
    super(Kind.CONFIGURATION, first.part(), causeOf(first), nextOf(first) + rest, first);
    problems = all.stream().map(Throwable::getMessage).toList();
  }

  /** One sentence for each problem, in the order of the recipe. */
  public List<String> problems() {
    return problems;
  }

  private static String causeOf(MaestroException e) {
    String sentence = e.getMessage().substring(e.part().length() + 2);
    return sentence.substring(0, sentence.lastIndexOf("; "));
  }

  private static String nextOf(MaestroException e) {
    return e.getMessage().substring(e.getMessage().lastIndexOf("; ") + 2);
  }
}
