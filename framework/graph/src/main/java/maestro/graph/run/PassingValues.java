package maestro.graph.run;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import maestro.api.node.Extent;
import maestro.api.node.Port;
import maestro.graph.plan.Plan;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.plan.Plan.Wire;
import maestro.graph.run.Runner.Result;

/**
 * Values that only pass through a job: those of windows that are taken window by window. They are
 * forgotten when all that take them are made, so that memory does not grow with the film.
 */
final class PassingValues {
  private final Plan plan;
  private final Map<String, CompletableFuture<Result>> results;
  private final Set<String> passing = ConcurrentHashMap.newKeySet();
  private final Set<String> forgotten = ConcurrentHashMap.newKeySet();

  /**
   * None yet.
   *
   * @param results of the job, by {@code node#index}; what has passed is taken out of it
   */
  PassingValues(Plan plan, Map<String, CompletableFuture<Result>> results) {
    this.plan = plan;
    this.results = results;
  }

  /** From now on all pass that can, but for those of some nodes. */
  void allBut(Set<String> asked) {
    for (Planned node : plan.nodes().values()) {
      if (!node.given() && !asked.contains(node.id()) && takenByWindows(node.id())) {
        passing.add(node.id());
      }
    }
  }

  /** A value was made: what it was made from may have passed. */
  void made(String id, int index) {
    for (List<Wire> wires : plan.nodes().get(id).wires().values()) {
      for (Wire wire : wires) {
        if (passing.contains(wire.from()) && allTaken(wire.from(), index)) {
          forgotten.add(key(wire.from(), index));
          results.remove(key(wire.from(), index));
        }
      }
    }
  }

  private boolean takenByWindows(String id) {
    boolean taken = false;
    for (Planned taker : plan.nodes().values()) {
      for (Port port : taker.inputs()) {
        for (Wire wire : taker.wires().getOrDefault(port.name(), List.of())) {
          if (wire.from().equals(id)) {
            if (port.extent() != Extent.WINDOW || wire.port().extent() != Extent.WINDOW) {
              return false;
            }
            taken = true;
          }
        }
      }
    }
    return taken;
  }

  private boolean allTaken(String id, int index) {
    return plan.nodes().values().stream()
        .filter(
            taker ->
                taker.wires().values().stream()
                    .flatMap(List::stream)
                    .anyMatch(wire -> wire.from().equals(id)))
        .allMatch(taker -> isMade(taker.id(), index));
  }

  private boolean isMade(String id, int index) {
    CompletableFuture<Result> result = results.get(key(id, index));
    return result == null ? forgotten.contains(key(id, index)) : result.isDone();
  }

  private static String key(String id, int index) {
    return id + "#" + index;
  }
}
