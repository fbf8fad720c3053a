package maestro.vocoder.hifigan;

import java.util.List;
import java.util.Map;
import maestro.tensor.ArchitectureNumbers;
import maestro.tensor.BlockParameters;
import maestro.tensor.PackPartSource;
import org.osgi.service.component.annotations.Component;

/** The tensors of the generator. */
@Component
public final class HifiGanPart implements PackPartSource {
  @Override
  public List<String> parts() {
    return List.of(HifiGanVocoder.NAME);
  }

  @Override
  public Map<String, long[]> shapes(String part, Map<String, Object> architecture) {
    ArchitectureNumbers numbers = new ArchitectureNumbers(part, architecture);
    numbers.positive("bands", 64);
    numbers.positive("channels", 1024);
    for (String list : List.of("rates", "kernels", "residualKernels", "dilations")) {
      numbers.list(list, List.of(1));
    }
    return BlockParameters.shapes(new HifiGan(HifiGanNetwork.config(architecture)));
  }
}
