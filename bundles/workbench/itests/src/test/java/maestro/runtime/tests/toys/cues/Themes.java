package maestro.runtime.tests.toys.cues;

import java.util.List;
import maestro.api.Plugin;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Values;
import org.osgi.service.component.annotations.Component;

/** Writes a theme of one tone for each cue, which lasts as long as the cue. */
@Component(service = Node.class)
@Plugin(name = "theme.tone")
public final class Themes implements Node {
  @Override
  public List<Port> inputs() {
    return List.of(Port.of(Kinds.NOISE, Extent.CUE));
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(Theme.KIND, Extent.CUE));
  }

  @Override
  public Values run(Values in, NodeContext run) {
    double pitch = 200 + 400 * in.one(Kinds.NOISE).uniform("pitch", 1)[0];
    double seconds = run.span().endSeconds() - run.span().beginSeconds();
    return Values.of(Theme.KIND, new Theme(List.of(new float[] {(float) pitch, (float) seconds})));
  }
}
