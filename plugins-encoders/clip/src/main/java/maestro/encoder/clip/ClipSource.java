package maestro.encoder.clip;

import java.util.List;
import java.util.Map;
import maestro.api.pack.ModelPack;
import maestro.networks.PackNetworks;
import maestro.tensor.NetworkSources;
import org.osgi.service.component.annotations.Component;

/** The image tower as a network to look at or to export, for one picture. */
@Component
public final class ClipSource implements NetworkSources {
  @Override
  public List<String> networks() {
    return List.of("clip");
  }

  @Override
  public Sized network(String name, ModelPack pack) {
    return Sized.of(
        ClipNetwork.source(
            PackNetworks.weights(pack, ClipEncoder.NAME, ClipEncoder.WANTED, ClipEncoder.COMMAND),
            1),
        Map.of());
  }
}
