package maestro.runtime.tests.toys.controlnet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;
import java.util.Map;
import maestro.api.Plugin;
import maestro.api.latent.Denoiser;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Values;
import maestro.checkpoint.Weight;
import maestro.latent.vmunet.ControlNet;
import maestro.latent.vmunet.UNetConfig;
import maestro.tensor.nn.NamedBlock;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** A second control net: it adds its control to every skip connection of the denoiser. */
@Component(service = Node.class, configurationPid = "control-net.pulse")
@Designate(ocd = PulseNet.Settings.class)
@Plugin(name = "control-net.pulse")
public final class PulseNet implements Node, ControlNet {
  /** Settings. */
  @ObjectClassDefinition(name = "control-net.pulse")
  @interface Settings {
    /** What the control is multiplied by. */
    double strength() default 1;
  }

  private final double strength;

  @Activate
  public PulseNet(Settings settings) {
    strength = settings.strength();
  }

  @Override
  public List<Port> inputs() {
    return List.of();
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(Kinds.NETWORK_PART, Extent.RUN));
  }

  @Override
  public Values run(Values in, NodeContext run) {
    return Values.of(Kinds.NETWORK_PART, this);
  }

  @Override
  public Map<String, Denoiser.ControlFormat> controls() {
    return Map.of("pulse", new Denoiser.ControlFormat(1, 0, 1));
  }

  @Override
  public Map<String, Weight> weights(UNetConfig unet) {
    return Map.of();
  }

  @Override
  public Block block(UNetConfig unet) {
    return new NamedBlock() {
      @Override
      protected NDList forwardInternal(
          ParameterStore store,
          NDList inputs,
          boolean training,
          PairList<String, Object> parameters) {
        Shape latent = inputs.get(0).getShape();
        NDArray pulse = inputs.get(3).mean(new int[] {1, 2, 3}, true).mul(strength);
        NDList residuals = new NDList();
        for (UNetConfig.Skip skip : unet.skips()) {
          residuals.add(
              pulse.broadcast(
                  new Shape(
                      latent.get(0),
                      skip.channels(),
                      latent.get(2) >> skip.halvings(),
                      latent.get(3) >> skip.halvings())));
        }
        return residuals;
      }
    };
  }
}
