package maestro.graph.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import maestro.api.node.Extent;
import maestro.api.node.Kind;
import maestro.api.node.Port;
import maestro.api.node.Timing;
import maestro.api.node.Values;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.plan.Plan.Wire;
import maestro.graph.run.Runner.Result;

/**
 * What a value is made from, each cut or joined to the extent its port has.
 *
 * @param values by port
 * @param said what those had to say that cannot keep it themselves
 */
record Inputs(Values values, List<String> said) {
  /** Makes the values of nodes. */
  @FunctionalInterface
  interface Maker {
    CompletableFuture<Result> value(String id, int index);
  }

  /** All inputs of one value of a node, once they are there. */
  static CompletableFuture<Inputs> of(Planned node, int index, Timing timing, Maker maker) {
    List<CompletableFuture<Result>> waiting = new ArrayList<>();
    for (Port port : node.inputs()) {
      for (Wire wire : node.wires().getOrDefault(port.name(), List.of())) {
        waiting.addAll(sources(port, wire, index, timing, maker));
      }
    }
    return CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new))
        .thenApply(all -> gather(node, index, timing, maker));
  }

  private static List<CompletableFuture<Result>> sources(
      Port port, Wire wire, int index, Timing timing, Maker maker) {
    if (wire.port().extent() != Extent.WINDOW) {
      return List.of(maker.value(wire.from(), 0));
    }
    if (port.extent() == Extent.WINDOW) {
      return List.of(maker.value(wire.from(), index));
    }
    List<CompletableFuture<Result>> all = new ArrayList<>();
    for (int w = 0; w < timing.windows(); w++) {
      all.add(maker.value(wire.from(), w));
    }
    return all;
  }

  private static Inputs gather(Planned node, int index, Timing timing, Maker maker) {
    Values values = Values.none();
    List<String> said = new ArrayList<>();
    for (Port port : node.inputs()) {
      for (Wire wire : node.wires().getOrDefault(port.name(), List.of())) {
        List<Result> from =
            sources(port, wire, index, timing, maker).stream()
                .map(CompletableFuture::join)
                .toList();
        from.forEach(result -> said.addAll(result.said()));
        Optional<Object> fitted = fit(port, wire, from, index, timing);
        if (fitted.isPresent()) {
          values = values.with(port.name(), wire.from(), fitted.get());
        }
      }
    }
    return new Inputs(values, said);
  }

  private static Optional<Object> fit(
      Port port, Wire wire, List<Result> from, int index, Timing timing) {
    List<Object> values = new ArrayList<>();
    from.forEach(result -> values.addAll(result.values().port(wire.port().name()).values()));
    if (values.size() < from.size()) {
      return Optional.empty(); // the node had nothing to give
    }
    return Optional.of(fit(wire.port().kind(), port, wire, values, index, timing));
  }

  private static <T> Object fit(
      Kind<T> kind, Port port, Wire wire, List<Object> values, int index, Timing timing) {
    boolean windows = wire.port().extent() == Extent.WINDOW;
    if (windows && port.extent() != Extent.WINDOW) {
      return kind.fit().orElseThrow().join(values.stream().map(kind::cast).toList(), timing);
    }
    T value = kind.cast(values.get(0));
    return wire.port().extent() == Extent.FILM && port.extent() == Extent.WINDOW
        ? kind.fit().<Object>map(way -> way.part(value, timing, index)).orElse(value)
        : value;
  }
}
