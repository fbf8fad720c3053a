package maestro.graph.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import maestro.api.MaestroException;
import maestro.api.node.Extent;
import maestro.api.node.Kind;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.Port;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.plan.Plan.Wire;
import maestro.graph.recipe.Problems;
import maestro.graph.recipe.Recipe;

/**
 * Wires nodes by kind. An input takes what gives its kind; where one node gives a kind and another
 * takes and gives it (super-resolution after a vocoder), that one comes between. Where more than
 * one wiring is possible the recipe has to say: {@code "in": {"sound": "vocoder.hifigan"}} names
 * what an input is wired to, {@code "after": "vocoder.hifigan"} what a node comes after.
 */
public final class Wiring {
  /**
   * A node that waits to be wired.
   *
   * @param planned the node without wires
   * @param entry its entry in the recipe; null for what comes with the job
   * @param takes kinds it takes besides its inputs
   */
  public record Loose(Planned planned, Recipe.Entry entry, List<String> takes) {}

  private final Map<String, Loose> loose;
  private final Problems problems;
  private final Set<Class<?>> broken;
  private final Suggestions suggestions;

  /** Names what could be added to a recipe so that it has a kind of value. */
  @FunctionalInterface
  interface Suggestions {
    /** Names of plugins that are on and give a kind. */
    List<String> giving(Kind<?> kind);
  }

  /**
   * A wiring of some nodes.
   *
   * @param broken kinds of plugins whose entries have a problem already; what they would have given
   *     is not missing as well
   */
  public Wiring(
      Map<String, Loose> loose, Problems problems, Set<Class<?>> broken, Suggestions suggestions) {
    this.loose = loose;
    this.problems = problems;
    this.broken = broken;
    this.suggestions = suggestions;
  }

  /**
   * Wires what the wanted values need.
   *
   * @param wanted kinds the job is for
   * @return the nodes that take part, each after those it takes from
   */
  public Map<String, Planned> wire(List<Kind<?>> wanted) {
    Map<String, Planned> wired = new LinkedHashMap<>();
    Deque<String> open = new ArrayDeque<>();
    for (Kind<?> kind : wanted) {
      List<Wire> last = last(kind);
      if (last.isEmpty() && broken.isEmpty()) {
        problems.add(kind.name(), "nothing in it gives one", add(kind));
      } else if (last.size() > 1 && kind.equals(Kinds.SOUND)) {
        problems.add(
            last.get(1).from(),
            last.size() + " of its parts give a " + kind + " in the end: " + names(last),
            "keep one, or say with \"after\" which comes after which");
      }
      last.forEach(wire -> open.add(wire.from()));
    }
    while (!open.isEmpty()) {
      String id = open.pop();
      if (!wired.containsKey(id)) {
        Loose one = loose.get(id);
        Map<String, List<Wire>> wires = wires(one);
        wired.put(
            id,
            new Planned(
                id,
                one.planned.node(),
                one.planned.lease(),
                one.planned.optional(),
                inputs(one),
                wires));
        wires.values().forEach(all -> all.forEach(wire -> open.add(wire.from())));
      }
    }
    return sorted(wired);
  }

  /** What gives a kind and is taken by nothing that gives it again. */
  private List<Wire> last(Kind<?> kind) {
    List<Wire> giving = giving(kind, null);
    List<Wire> again = giving.stream().filter(wire -> takes(wire.from(), kind)).toList();
    if (again.isEmpty()) {
      return giving;
    }
    Set<String> taken = new HashSet<>();
    for (Wire wire : again) {
      wires(loose.get(wire.from()), new Problems("")).values().stream()
          .flatMap(List::stream)
          .forEach(from -> taken.add(from.from()));
    }
    return giving.stream().filter(wire -> !taken.contains(wire.from())).toList();
  }

  private List<Wire> giving(Kind<?> kind, String but) {
    List<Wire> giving = new ArrayList<>();
    loose.forEach(
        (id, one) -> {
          if (!id.equals(but)) {
            one.planned.node().outputs().stream()
                .filter(port -> port.kind().equals(kind))
                .forEach(port -> giving.add(new Wire(id, port)));
          }
        });
    return giving;
  }

  private boolean takes(String id, Kind<?> kind) {
    return loose.get(id).planned.node().inputs().stream()
        .anyMatch(port -> port.kind().equals(kind));
  }

  private Map<String, List<Wire>> wires(Loose one) {
    return wires(one, problems);
  }

  private Map<String, List<Wire>> wires(Loose one, Problems into) {
    Map<String, List<Wire>> wires = new LinkedHashMap<>();
    List<Port> inputs = inputs(one);
    Set<String> said = new TreeSet<>(one.entry == null ? Set.of() : one.entry.inputs().keySet());
    for (Port port : inputs) {
      said.remove(port.name());
      List<Wire> to = fits(one, port, into);
      if (!to.isEmpty()) {
        wires.put(port.name(), to);
      }
    }
    for (String unknown : one.planned.main() ? said : Set.<String>of()) {
      into.add(
          one.planned.id(),
          "it has no input " + unknown,
          "use one of " + String.join(", ", inputs.stream().map(Port::name).toList()));
    }
    return wires;
  }

  /** A node's own inputs, and what its plugin takes besides. */
  private List<Port> inputs(Loose one) {
    List<Port> inputs = new ArrayList<>(one.planned.node().inputs());
    Extent extent = one.planned.node().outputs().get(0).extent();
    for (String kind : one.takes) {
      loose.values().stream()
          .flatMap(other -> other.planned.node().outputs().stream())
          .filter(port -> port.kind().name().equals(kind))
          .findFirst()
          .ifPresent(port -> inputs.add(Port.of(port.kind(), extent, Port.Arity.OPTIONAL)));
    }
    if (extent == Extent.CUE) {
      inputs.add(Plan.CUE);
    }
    return inputs;
  }

  private List<Wire> fits(Loose one, Port port, Problems into) {
    String id = one.planned.id();
    List<Wire> giving = giving(port.kind(), id);
    List<String> said =
        one.entry == null ? List.of() : one.entry.inputs().getOrDefault(port.name(), List.of());
    if (!said.isEmpty()) {
      return said(one, port, giving, said, into);
    }
    if (one.entry != null && one.entry.after() != null) {
      List<Wire> after =
          giving.stream().filter(wire -> wire.from().equals(one.entry.after())).toList();
      if (!after.isEmpty()) {
        return after;
      }
    }
    if (port.arity().many()) {
      if (giving.isEmpty() && !port.arity().mayBeEmpty()) {
        missing(id, port, into);
      }
      return giving;
    }
    List<Wire> candidates = between(id, port, giving);
    if (candidates.size() > 1) {
      into.add(
          id,
          "it takes one " + port.kind() + " and " + names(candidates) + " give one each",
          "keep one, or say which with \"in\": {\""
              + port.name()
              + "\": \""
              + candidates.get(0).from()
              + "\"}");
      return List.of();
    }
    if (candidates.isEmpty() && !port.arity().mayBeEmpty()) {
      missing(id, port, into);
    }
    return candidates;
  }

  private List<Wire> said(
      Loose one, Port port, List<Wire> giving, List<String> said, Problems into) {
    List<Wire> chosen = new ArrayList<>();
    for (String from : said) {
      Optional<Wire> wire = giving.stream().filter(w -> w.from().equals(from)).findFirst();
      if (wire.isEmpty()) {
        into.add(
            one.planned.id(),
            from + " gives no " + port.kind(),
            giving.isEmpty() ? add(port.kind()) : "use one of " + names(giving));
      }
      wire.ifPresent(chosen::add);
    }
    if (chosen.size() > 1 && !port.arity().many()) {
      into.add(one.planned.id(), "its input " + port.name() + " takes one", "name one");
    }
    return chosen;
  }

  /**
   * Of several that give a kind: a node that gives it again itself takes from those that do not;
   * all others take from the one that gives it again.
   */
  private List<Wire> between(String id, Port port, List<Wire> giving) {
    if (giving.size() < 2) {
      return giving;
    }
    List<Wire> again = giving.stream().filter(wire -> takes(wire.from(), port.kind())).toList();
    List<Wire> first = giving.stream().filter(wire -> !again.contains(wire)).toList();
    boolean givesItself =
        loose.get(id).planned.node().outputs().stream()
            .anyMatch(output -> output.kind().equals(port.kind()));
    if (givesItself) {
      return again.isEmpty() ? giving : withAfter(again) ? first : giving;
    }
    return again.isEmpty() ? giving : last(port.kind());
  }

  /** Whether all of these say what they come after, so that nothing is left to guess. */
  private boolean withAfter(List<Wire> wires) {
    return wires.stream()
        .map(wire -> loose.get(wire.from()).entry)
        .allMatch(entry -> entry != null && entry.after() != null);
  }

  private void missing(String id, Port port, Problems into) {
    if (broken.isEmpty()) {
      into.add(id, "it needs a " + port.kind() + " and nothing gives one", add(port.kind()));
    }
  }

  private String add(Kind<?> kind) {
    List<String> giving = suggestions.giving(kind);
    return giving.isEmpty()
        ? "add a plugin that gives a " + kind + "; see 'maestro bundles list'"
        : "add one, such as " + String.join(" or ", giving);
  }

  private static String names(List<Wire> wires) {
    return String.join(", ", wires.stream().map(Wire::from).toList());
  }

  private Map<String, Planned> sorted(Map<String, Planned> wired) {
    Map<String, Planned> sorted = new LinkedHashMap<>();
    Set<String> under = new LinkedHashSet<>();
    for (String id : loose.keySet()) { // the recipe's order where the graph leaves it open
      if (wired.containsKey(id)) {
        visit(id, wired, sorted, under);
      }
    }
    return sorted;
  }

  private void visit(
      String id, Map<String, Planned> wired, Map<String, Planned> sorted, Set<String> under) {
    if (sorted.containsKey(id)) {
      return;
    }
    if (!under.add(id)) {
      problems.add(
          id,
          "it takes, through " + String.join(", ", under) + ", from itself",
          "change \"in\" or \"after\"");
      sorted.put(id, wired.get(id));
      return;
    }
    wired.get(id).wires().values().stream()
        .flatMap(List::stream)
        .forEach(wire -> visit(wire.from(), wired, sorted, under));
    under.remove(id);
    sorted.putIfAbsent(id, wired.get(id));
  }

  /** Lets every node look at its wiring. */
  public static void check(
      Map<String, Planned> nodes,
      java.util.function.Function<Planned, maestro.api.run.RunContext> contexts,
      Problems problems) {
    for (Planned one : nodes.values()) {
      Map<String, List<String>> ids = new LinkedHashMap<>();
      one.wires().forEach((port, wires) -> ids.put(port, wires.stream().map(Wire::from).toList()));
      try {
        Node node = one.node();
        node.check(ids, contexts.apply(one));
      } catch (MaestroException e) {
        problems.add(e);
      }
    }
  }
}
