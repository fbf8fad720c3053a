package maestro.roles;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmCondition;
import maestro.api.host.PluginDescription;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Role;
import maestro.api.node.Values;
import maestro.api.run.RunContext;
import org.osgi.service.component.annotations.Component;

/** A fusion joins the features of all encoders to one condition (paper, section 3.1). */
@Component(service = Role.class)
public final class FusionRole implements Role<FeatureFusion> {
  @Override
  public Class<FeatureFusion> service() {
    return FeatureFusion.class;
  }

  @Override
  public Map<String, Node> nodes(PluginDescription plugin, FeatureFusion fusion, Given given) {
    return Map.of("", new Fusing(plugin.name(), fusion));
  }

  private record Fusing(String name, FeatureFusion fusion) implements Node {
    @Override
    public List<Port> inputs() {
      return List.of(Port.of(Kinds.FEATURE, Extent.WINDOW, Port.Arity.SOME));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.CONDITION, Extent.WINDOW));
    }

    @Override
    public void check(Map<String, List<String>> wired, RunContext run) {
      Set<String> encoders = new TreeSet<>(wired.getOrDefault(Kinds.FEATURE.name(), List.of()));
      fusion.check(encoders, run);
    }

    @Override
    public Values run(Values in, NodeContext run) {
      FilmCondition condition =
          Edge.present(name, "condition", fusion.fuse(in.all(Kinds.FEATURE), run));
      Edge.finite(name, "condition", condition.vector());
      return Values.of(Kinds.CONDITION, condition);
    }
  }
}
