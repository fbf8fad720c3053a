package maestro.runtime.tests.toys.cues;

import java.util.List;
import maestro.api.Plugin;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Values;
import maestro.api.sound.Sound;
import org.osgi.service.component.annotations.Component;

/** Plays the themes of all cues as the music of the whole film. */
@Component(service = Node.class)
@Plugin(name = "player.tone")
public final class Player implements Node {
  private static final int RATE = 16_000;

  @Override
  public List<Port> inputs() {
    return List.of(Port.of(Theme.KIND, Extent.FILM));
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(Kinds.SOUND, Extent.FILM));
  }

  @Override
  public Values run(Values in, NodeContext run) {
    float[] samples = new float[(int) Math.round(run.timing().seconds() * RATE)];
    double begin = 0;
    for (float[] tone : in.one(Theme.KIND).tones()) {
      int end = (int) Math.min(samples.length, Math.round((begin + tone[1]) * RATE));
      for (int n = (int) Math.round(begin * RATE); n < end; n++) {
        samples[n] = (float) (0.3 * StrictMath.sin(2 * Math.PI * tone[0] * n / RATE));
      }
      begin += tone[1];
    }
    return Values.of(Kinds.SOUND, Sound.mono(samples, RATE));
  }
}
