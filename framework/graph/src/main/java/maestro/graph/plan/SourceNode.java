package maestro.graph.plan;

import java.util.List;
import maestro.api.node.Extent;
import maestro.api.node.Kind;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Values;

/** Something that comes with the job and is made by no plugin. */
public record SourceNode(Kind<?> kind, Extent extent) implements Node {
  /** Id of the node for a control that is given as a file. */
  public static String curve(String control) {
    return "curve:" + control;
  }

  @Override
  public List<Port> inputs() {
    return List.of();
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(kind, extent));
  }

  @Override
  public Values run(Values in, NodeContext run) {
    throw new IllegalStateException(kind + " comes with the job");
  }
}
