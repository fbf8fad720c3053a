package maestro.encoder.clip;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.tensor.ArchitectureNumbers;
import maestro.tensor.BlockParameters;
import maestro.tensor.PackPartSource;
import org.osgi.service.component.annotations.Component;

/** The tensors of the image tower, by OpenAI's names. */
@Component
public final class ClipPart implements PackPartSource {
  @Override
  public List<String> parts() {
    return List.of(ClipEncoder.NAME);
  }

  @Override
  public Map<String, long[]> shapes(String part, Map<String, Object> architecture) {
    ArchitectureNumbers numbers = new ArchitectureNumbers(part, architecture);
    VisionSize size =
        new VisionSize(
            numbers.positive("resolution", 224),
            numbers.positive("patch", 32),
            numbers.positive("width", 768),
            numbers.count("layers", 12),
            numbers.positive("output", 512));
    Map<String, long[]> shapes = new LinkedHashMap<>();
    BlockParameters.shapes(new VisionTower(size))
        .forEach((name, shape) -> shapes.put("visual." + name, shape));
    return shapes;
  }
}
