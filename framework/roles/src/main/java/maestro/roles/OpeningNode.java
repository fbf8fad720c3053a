package maestro.roles;

import java.util.List;
import java.util.function.Function;
import maestro.api.node.Extent;
import maestro.api.node.Kind;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Values;
import maestro.api.run.RunContext;

/** Something that is there for the whole run and made from the pack alone. */
record OpeningNode<T>(Kind<T> kind, Function<RunContext, T> open) implements Node {
  @Override
  public List<Port> inputs() {
    return List.of();
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(kind, Extent.RUN));
  }

  @Override
  public Values run(Values in, NodeContext run) {
    return Values.of(kind, open.apply(run));
  }
}
