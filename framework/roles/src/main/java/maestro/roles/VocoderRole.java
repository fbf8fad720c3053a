package maestro.roles;

import java.util.List;
import java.util.Map;
import maestro.api.host.PluginDescription;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Role;
import maestro.api.node.Values;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import org.osgi.service.component.annotations.Component;

/** A vocoder makes the sound of each window's mel (paper, section 3.3). */
@Component(service = Role.class)
public final class VocoderRole implements Role<Vocoder> {
  @Override
  public Class<Vocoder> service() {
    return Vocoder.class;
  }

  @Override
  public Map<String, Node> nodes(PluginDescription plugin, Vocoder vocoder, Given given) {
    return Map.of("", new Vocoding(plugin.name(), vocoder));
  }

  private record Vocoding(String name, Vocoder vocoder) implements Node {
    @Override
    public List<Port> inputs() {
      return List.of(Port.of(Kinds.MEL, Extent.WINDOW), Port.of(Kinds.NOISE, Extent.WINDOW));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.SOUND, Extent.WINDOW));
    }

    @Override
    public Values run(Values in, NodeContext run) {
      Sound sound = Edge.present(name, "sound", vocoder.vocode(in.one(Kinds.MEL), run));
      long expected =
          (long) run.timing().windowFrames()
              * run.timing().hopSamples()
              * sound.sampleRateHz()
              / run.timing().sampleRateHz();
      Edge.width(name, "sound", sound.length(), Math.toIntExact(expected));
      for (float[] channel : sound.channels()) {
        Edge.finite(name, "sound", channel);
      }
      return Values.of(Kinds.SOUND, sound);
    }
  }
}
