package maestro.roles;

import java.util.List;
import java.util.Map;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription;
import maestro.api.node.Extent;
import maestro.api.node.FilmNode;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Role;
import maestro.api.node.Values;
import org.osgi.service.component.annotations.Component;

/** A visual encoder looks at each window's part of the film (paper, section 3.1). */
@Component(service = Role.class)
public final class EncoderRole implements Role<VisualEncoder> {
  @Override
  public Class<VisualEncoder> service() {
    return VisualEncoder.class;
  }

  @Override
  public Map<String, Node> nodes(PluginDescription plugin, VisualEncoder encoder, Given given) {
    return Map.of("", new Looking(plugin.name(), encoder));
  }

  private record Looking(String name, VisualEncoder encoder) implements FilmNode {
    @Override
    public List<Port> inputs() {
      return List.of(Port.of(Kinds.FILM, Extent.FILM));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.FEATURE, Extent.WINDOW));
    }

    @Override
    public FrameRequest frames() {
      return encoder.frames();
    }

    @Override
    public Values look(Values in, FilmClip clip, FrameSource frames, NodeContext run) {
      FilmFeature feature = encoder.encode(clip, frames, run);
      Edge.width(name, "feature", feature.vector().length, encoder.featureWidth());
      return Values.of(Kinds.FEATURE, feature);
    }
  }
}
