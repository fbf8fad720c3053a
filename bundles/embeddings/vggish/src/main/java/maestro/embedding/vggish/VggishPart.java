package maestro.embedding.vggish;

import java.util.List;
import java.util.Map;
import maestro.tensor.BlockParameters;
import maestro.tensor.PackPartSource;
import org.osgi.service.component.annotations.Component;

/** The tensors of VGGish, which comes in one size. */
@Component
public final class VggishPart implements PackPartSource {
  @Override
  public List<String> parts() {
    return List.of(Vggish.NAME);
  }

  @Override
  public Map<String, long[]> shapes(String part, Map<String, Object> architecture) {
    return BlockParameters.shapes(new VggishNetwork());
  }
}
