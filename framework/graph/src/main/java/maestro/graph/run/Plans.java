package maestro.graph.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maestro.api.host.PluginDescription;
import maestro.api.node.Port;
import maestro.graph.plan.Identities;
import maestro.graph.plan.Plan;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.store.StageCache;

/** Plans as people see them. */
final class Plans {
  private Plans() {}

  /** A view of a plan; with a runner also of what the cache has for its job. */
  static PlanView view(String recipe, Plan plan, Optional<Runner> runner, StageCache cache) {
    runner.ifPresent(Runner::layOutFromCache);
    List<PlanView.Node> nodes = new ArrayList<>();
    for (Planned node : plan.nodes().values()) {
      int values = runner.map(one -> one.count(node)).orElse(0);
      int cached = node.given() || !node.keepable() ? -1 : 0;
      for (int i = 0; i < values && cached >= 0; i++) {
        cached += cache.has(runner.orElseThrow().fingerprint(node.id(), i)) ? 1 : 0;
      }
      PluginDescription plugin = node.given() ? null : node.lease().plugin();
      nodes.add(
          new PlanView.Node(
              node.id(),
              plugin == null ? "" : plugin.name(),
              plugin == null ? "" : plugin.bundle() + " " + plugin.version(),
              node.node().outputs().stream().map(port -> port.kind().name()).toList(),
              node.extent().name(),
              plugin == null ? "" : Identities.plugin(node, plan.pack()),
              values,
              cached,
              wires(node)));
    }
    return new PlanView(recipe, nodes, plan.dropped());
  }

  private static List<PlanView.Wire> wires(Planned node) {
    List<PlanView.Wire> wires = new ArrayList<>();
    for (Port port : node.inputs()) {
      node.wires()
          .getOrDefault(port.name(), List.of())
          .forEach(
              wire ->
                  wires.add(
                      new PlanView.Wire(wire.from(), wire.port().kind().name(), port.name())));
    }
    return wires;
  }
}
