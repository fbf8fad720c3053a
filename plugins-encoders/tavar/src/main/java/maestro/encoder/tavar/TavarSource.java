package maestro.encoder.tavar;

import java.util.List;
import java.util.Map;
import maestro.api.pack.ModelPack;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WeightNames;
import maestro.networks.PackNetworks;
import maestro.tensor.NetworkSources;
import org.osgi.service.component.annotations.Component;

/**
 * TAVAR's networks to look at or to export: one frame of 214×214, and the reasoning over its graph.
 */
@Component
public final class TavarSource implements NetworkSources {
  private static final int SIDE = 214;

  @Override
  public List<String> networks() {
    return List.of("tavar-frames", "tavar-reasoning");
  }

  @Override
  public Sized network(String name, ModelPack pack) {
    Map<String, Weight> weights =
        WeightNames.withoutModule(
            PackNetworks.weights(
                pack, TavarEncoder.NAME, TavarEncoder.WANTED, TavarEncoder.COMMAND));
    return Sized.of(
        name.equals("tavar-frames")
            ? TavarNetworks.frames(weights, 1, SIDE)
            : TavarNetworks.reasoning(weights, 1),
        Map.of());
  }
}
