package maestro.encoder.wecl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.tensor.ArchitectureNumbers;
import maestro.tensor.BlockParameters;
import maestro.tensor.PackPartSource;
import org.osgi.service.component.annotations.Component;

/** The tensors of CTEN, of either variant. */
@Component
public final class WeclPart implements PackPartSource {
  /** Numbers per segment from the sound. */
  private static final int SOUND_WIDTH = 2048;

  @Override
  public List<String> parts() {
    return List.of(WeclEncoder.NAME);
  }

  @Override
  public Map<String, long[]> shapes(String part, Map<String, Object> architecture) {
    ArchitectureNumbers numbers = new ArchitectureNumbers(part, architecture);
    boolean sound = Boolean.parseBoolean(numbers.text("sound", "true"));
    EmotionSize size =
        new EmotionSize(
            numbers.positive("classes", 8),
            numbers.positive("segments", 16),
            numbers.positive("stem", 64),
            sound ? SOUND_WIDTH : 0);
    Map<String, long[]> shapes =
        new LinkedHashMap<>(BlockParameters.shapes(new SegmentNetwork(size.stem())));
    shapes.putAll(BlockParameters.shapes(new EmotionNetwork(size)));
    return shapes;
  }
}
