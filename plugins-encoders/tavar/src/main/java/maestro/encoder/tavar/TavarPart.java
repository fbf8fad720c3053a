package maestro.encoder.tavar;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.networks.ResNet50;
import maestro.tensor.ArchitectureNumbers;
import maestro.tensor.BlockParameters;
import maestro.tensor.PackPartSource;
import org.osgi.service.component.annotations.Component;

/** The tensors of TAVAR's two networks. */
@Component
public final class TavarPart implements PackPartSource {
  @Override
  public List<String> parts() {
    return List.of(TavarEncoder.NAME);
  }

  @Override
  public Map<String, long[]> shapes(String part, Map<String, Object> architecture) {
    int stem = new ArchitectureNumbers(part, architecture).positive("stem", ResNet50.STEM);
    Map<String, long[]> shapes =
        new LinkedHashMap<>(BlockParameters.shapes(new FrameNetwork(stem)));
    shapes.putAll(BlockParameters.shapes(new BilevelReasoning()));
    return shapes;
  }
}
