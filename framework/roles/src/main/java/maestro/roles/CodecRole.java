package maestro.roles;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.host.PluginDescription;
import maestro.api.latent.LatentCodec;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Role;
import maestro.api.node.Values;
import maestro.api.sound.Mel;
import org.osgi.service.component.annotations.Component;

/**
 * A codec is three nodes: what it was made for ({@code :format}), the opened network ({@code
 * :network}), and the mel of each window's latent (paper, section 3.2).
 */
@Component(service = Role.class)
public final class CodecRole implements Role<LatentCodec> {
  @Override
  public Class<LatentCodec> service() {
    return LatentCodec.class;
  }

  @Override
  public Map<String, Node> nodes(PluginDescription plugin, LatentCodec codec, Given given) {
    Map<String, Node> nodes = new LinkedHashMap<>();
    nodes.put(":format", new OpeningNode<>(Kinds.CODEC_FORMAT, codec::format));
    nodes.put(":network", new OpeningNode<>(Kinds.CODEC, codec::open));
    nodes.put("", new Decoding(plugin.name()));
    return nodes;
  }

  private record Decoding(String name) implements Node {
    @Override
    public List<Port> inputs() {
      return List.of(Port.of(Kinds.LATENT, Extent.WINDOW), Port.of(Kinds.CODEC, Extent.RUN));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.MEL, Extent.WINDOW));
    }

    @Override
    public Values run(Values in, NodeContext run) {
      LatentCodec.Session session = in.one(Kinds.CODEC);
      Mel mel;
      synchronized (session) {
        mel = Edge.present(name, "mel", session.decode(in.one(Kinds.LATENT)));
      }
      Edge.width(name, "mel", mel.frames(), run.timing().windowFrames());
      Edge.finite(name, "mel", mel.values());
      return Values.of(Kinds.MEL, mel);
    }
  }
}
