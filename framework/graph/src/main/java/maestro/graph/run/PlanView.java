package maestro.graph.run;

import java.util.List;
import maestro.files.Json;

/**
 * A plan as people see it.
 *
 * @param recipe name of the recipe
 * @param nodes in the order of the graph, each after those it takes from
 * @param notes one sentence for each part that is left out or takes no part
 */
public record PlanView(String recipe, List<Node> nodes, List<String> notes) {
  /** Copies the lists. */
  public PlanView {
    nodes = List.copyOf(nodes);
    notes = List.copyOf(notes);
  }

  /** The view as JSON, for programs. */
  public String toJson() {
    return Json.pretty(this);
  }

  /**
   * One node.
   *
   * @param id as wires name it
   * @param plugin the plugin it is of; empty for what comes with the job
   * @param bundle its bundle and version; empty likewise
   * @param gives kinds of its outputs
   * @param extent how much one value is about: RUN, FILM, CUE or WINDOW
   * @param identity digest of its code, settings and weights; empty for what comes with the job
   * @param values how many values it gives in the job; 0 when no film was named, or its cues are
   *     not known yet
   * @param cached how many of these the cache has; −1 where nothing of it is ever kept
   * @param wires what it takes
   */
  public record Node(
      String id,
      String plugin,
      String bundle,
      List<String> gives,
      String extent,
      String identity,
      int values,
      int cached,
      List<Wire> wires) {
    /** Copies the lists. */
    public Node {
      gives = List.copyOf(gives);
      wires = List.copyOf(wires);
    }
  }

  /**
   * One wire.
   *
   * @param from id of the node it comes from
   * @param kind what flows
   * @param input name of the input it goes to
   */
  public record Wire(String from, String kind, String input) {}
}
