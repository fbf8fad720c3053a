package maestro.encoder.wecl;

import java.util.List;
import java.util.Map;
import maestro.api.pack.ModelPack;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WeightNames;
import maestro.networks.PackNetworks;
import maestro.tensor.NetworkSources;
import org.osgi.service.component.annotations.Component;

/** CTEN's networks to look at or to export: one segment, and the film as a whole. */
@Component
public final class WeclSource implements NetworkSources {
  @Override
  public List<String> networks() {
    return List.of("wecl-segment", "wecl-film");
  }

  @Override
  public Sized network(String name, ModelPack pack) {
    Map<String, Weight> weights =
        WeightNames.withoutModule(
            PackNetworks.weights(pack, WeclEncoder.NAME, WeclEncoder.WANTED, WeclEncoder.COMMAND));
    return Sized.of(
        name.equals("wecl-segment")
            ? WeclNetworks.trunk(EmotionSize.of(weights), weights)
            : WeclNetworks.emotions(EmotionSize.of(weights), weights),
        Map.of());
  }
}
