package maestro.graph.recipe;

import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;

/** Collects the problems of a recipe and keeps the order in which they were found. */
public final class Problems {
  private final String recipe;
  private final List<MaestroException> found = new ArrayList<>();

  public Problems(String recipe) {
    this.recipe = recipe;
  }

  public void add(String part, String cause, String next) {
    found.add(
        new MaestroException(Kind.CONFIGURATION, "recipe " + recipe + ": " + part, cause, next));
  }

  /** A problem of a part, said again under the recipe's name. */
  public void add(MaestroException e) {
    Kind kind = e.kind() == Kind.USAGE ? Kind.USAGE : Kind.CONFIGURATION;
    found.add(
        new MaestroException(kind, "recipe " + recipe + ": " + e.part(), e.reason(), e.next(), e));
  }

  public boolean none() {
    return found.isEmpty();
  }

  /** Throws the first, with all others behind it. */
  public void refuseIfAny() {
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
