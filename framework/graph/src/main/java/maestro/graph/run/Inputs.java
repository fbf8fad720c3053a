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
import maestro.graph.plan.Layout;
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
  static CompletableFuture<Inputs> of(Planned node, int index, Layout layout, Maker maker) {
    List<CompletableFuture<Result>> waiting = new ArrayList<>();
    for (Port port : node.taken()) {
      for (Wire wire : node.wires().getOrDefault(port.name(), List.of())) {
        waiting.addAll(sources(port, wire, index, layout, maker));
      }
    }
    return CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new))
        .thenApply(all -> gather(node, index, layout, maker));
  }

  private static List<CompletableFuture<Result>> sources(
      Port port, Wire wire, int index, Layout layout, Maker maker) {
    Extent from = wire.port().extent();
    if (from.compareTo(Extent.FILM) <= 0) {
      return List.of(maker.value(wire.from(), 0));
    }
    if (port.extent() == from) {
      return List.of(maker.value(wire.from(), index));
    }
    List<CompletableFuture<Result>> all = new ArrayList<>();
    for (int i = 0; i < layout.count(from); i++) {
      all.add(maker.value(wire.from(), i));
    }
    return all;
  }

  private static Inputs gather(Planned node, int index, Layout layout, Maker maker) {
    Values values = Values.none();
    List<String> said = new ArrayList<>();
    for (Port port : node.taken()) {
      for (Wire wire : node.wires().getOrDefault(port.name(), List.of())) {
        List<Result> from =
            sources(port, wire, index, layout, maker).stream()
                .map(CompletableFuture::join)
                .toList();
        from.forEach(result -> said.addAll(result.said()));
        Optional<Object> fitted = fit(port, wire, from, index, layout);
        if (fitted.isPresent()) {
          values = values.with(port.name(), wire.from(), fitted.get());
        }
      }
    }
    return new Inputs(values, said);
  }

  private static Optional<Object> fit(
      Port port, Wire wire, List<Result> from, int index, Layout layout) {
    List<Object> values = new ArrayList<>();
    from.forEach(result -> values.addAll(result.values().port(wire.port().name()).values()));
    if (values.size() < from.size()) {
      return Optional.empty(); // the node had nothing to give
    }
    return Optional.of(fit(wire.port().kind(), port, wire, values, index, layout));
  }

  private static <T> Object fit(
      Kind<T> kind, Port port, Wire wire, List<Object> values, int index, Layout layout) {
    Extent from = wire.port().extent();
    Extent to = port.extent();
    Timing timing = layout.timing();
    List<T> all = values.stream().map(kind::cast).toList();
    boolean wide = from.compareTo(Extent.FILM) <= 0;
    if (wide ? to.compareTo(Extent.FILM) <= 0 || from == Extent.RUN : from == to) {
      return all.get(0);
    }
    T whole = wide ? all.get(0) : join(kind, from, all, layout);
    return switch (to) {
      case RUN, FILM -> whole;
      case CUE ->
          kind.cueFit()
              .<Object>map(way -> way.part(whole, timing, layout.span(to, index)))
              .orElse(whole);
      case WINDOW -> kind.fit().<Object>map(way -> way.part(whole, timing, index)).orElse(whole);
    };
  }

  /** The value of the whole score, put together from those of all its windows or cues. */
  static <T> T join(Kind<T> kind, Extent from, List<T> values, Layout layout) {
    return switch (from) {
      case RUN, FILM -> values.get(0);
      case CUE -> kind.cueFit().orElseThrow().join(values, layout.timing(), layout.cues());
      case WINDOW -> kind.fit().orElseThrow().join(values, layout.timing());
    };
  }
}
