package maestro.graph.plan;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.api.node.Extent;
import maestro.api.node.FilmNode;
import maestro.api.node.Kind;
import maestro.api.node.Port;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.plan.Plan.Wire;
import maestro.graph.recipe.Problems;

/** Refuses wirings whose values cannot be cut or joined to the extent that is asked for. */
final class ExtentRules {
  private final Problems problems;

  private ExtentRules(Problems problems) {
    this.problems = problems;
  }

  /** Looks at all nodes and wires. */
  static void check(Map<String, Planned> nodes, Problems problems) {
    ExtentRules rules = new ExtentRules(problems);
    Set<String> lists = new LinkedHashSet<>();
    for (Planned node : nodes.values()) {
      rules.node(node);
      for (Port port : node.inputs()) {
        for (Wire wire : node.wires().getOrDefault(port.name(), List.of())) {
          rules.wire(node.id(), port, wire);
          if (port.equals(Plan.CUE)) {
            lists.add(wire.from());
          }
        }
      }
    }
    if (lists.size() > 1) {
      problems.add(
          "cues",
          String.join(" and ", lists) + " each divide the film, for different nodes",
          "name the same one with \"in\": {\"cue\": ...} for all nodes that run once per cue");
    }
  }

  private void node(Planned node) {
    Extent gives = node.extent();
    if (gives == Extent.CUE && node.node() instanceof FilmNode) {
      problems.add(
          node.id(),
          "it looks at the film, which goes window by window, and gives one value per cue",
          "use a node that takes what an encoder says of the film");
    }
    for (Port port : node.inputs()) {
      if (port.extent() == Extent.CUE && gives != Extent.CUE) {
        problems.add(
            node.id(),
            "it takes the " + port.kind() + " of one cue and gives one value per " + word(gives),
            "use a node that takes the " + port.kind() + " of the whole film");
      }
      if (port.extent() == Extent.WINDOW && gives == Extent.CUE) {
        problems.add(
            node.id(),
            "it takes the " + port.kind() + " of one window and gives one value per cue",
            "use a node that takes the " + port.kind() + " of the cue or of the whole film");
      }
    }
  }

  private void wire(String id, Port port, Wire wire) {
    Extent from = wire.port().extent();
    Extent to = port.extent();
    Kind<?> kind = port.kind();
    if (from == Extent.CUE && to == Extent.WINDOW) {
      problems.add(
          id,
          "it takes the " + kind + " of a window and " + wire.from() + " gives one per cue",
          "put a node between that takes and gives the " + kind + " of the whole film");
    } else if (from == Extent.CUE && to != Extent.CUE && kind.cueFit().isEmpty()) {
      problems.add(
          id,
          "it takes the " + kind + " of the whole film and " + wire.from() + " gives one per cue",
          "use a node that takes the " + kind + " of a cue");
    } else if (from == Extent.WINDOW && to != Extent.WINDOW && kind.fit().isEmpty()) {
      problems.add(
          id,
          "it takes the "
              + kind
              + " of "
              + (to == Extent.CUE ? "a cue" : "the whole score")
              + " and "
              + wire.from()
              + " gives one for each window",
          "use a node that takes windows");
    }
  }

  private static String word(Extent extent) {
    return extent.name().toLowerCase(java.util.Locale.ROOT);
  }
}
