package maestro.embedding.panns;

import java.util.List;
import java.util.Map;
import maestro.tensor.BlockParameters;
import maestro.tensor.PackPartSource;
import org.osgi.service.component.annotations.Component;

/** The tensors of Cnn14, which comes in one size. */
@Component
public final class PannsPart implements PackPartSource {
  @Override
  public List<String> parts() {
    return List.of(Panns.NAME);
  }

  @Override
  public Map<String, long[]> shapes(String part, Map<String, Object> architecture) {
    return BlockParameters.shapes(new Cnn14());
  }
}
