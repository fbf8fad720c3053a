package maestro.runtime.tests.toys.superresolution;

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

/** Comes after the vocoder: the sound at twice its rate, each sample held. */
@Component
@Plugin(name = "sound.super-resolution")
public final class SuperResolution implements Node {
  @Override
  public List<Port> inputs() {
    return List.of(Port.of(Kinds.SOUND, Extent.WINDOW));
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(Kinds.SOUND, Extent.WINDOW));
  }

  @Override
  public Values run(Values in, NodeContext run) {
    Sound sound = in.one(Kinds.SOUND);
    float[] samples = sound.channels()[0];
    float[] twice = new float[2 * samples.length];
    for (int i = 0; i < twice.length; i++) {
      twice[i] = samples[i / 2];
    }
    return Values.of(Kinds.SOUND, Sound.mono(twice, 2 * sound.sampleRateHz()));
  }
}
