package maestro.roles;

import java.util.Map;
import maestro.api.host.PluginDescription;
import maestro.api.node.Node;
import maestro.api.node.Role;
import org.osgi.service.component.annotations.Component;

/** A plugin that is a node itself. */
@Component(service = Role.class)
public final class NodeRole implements Role<Node> {
  @Override
  public Class<Node> service() {
    return Node.class;
  }

  @Override
  public Map<String, Node> nodes(PluginDescription plugin, Node service, Given given) {
    return Map.of("", service);
  }
}
