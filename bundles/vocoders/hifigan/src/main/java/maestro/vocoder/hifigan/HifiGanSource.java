package maestro.vocoder.hifigan;

import java.util.List;
import java.util.Map;
import maestro.api.pack.ModelPack;
import maestro.tensor.NetworkSources;
import org.osgi.service.component.annotations.Component;

/** The generator, for a mel of 10.24 s. */
@Component
public final class HifiGanSource implements NetworkSources {
  private static final long[] FRAMES = {1024};

  @Override
  public List<String> networks() {
    return List.of("vocoder");
  }

  @Override
  public Sized network(String name, ModelPack pack) {
    return Sized.of(HifiGanNetwork.source(HifiGanNetwork.part(pack)), Map.of("mel", FRAMES));
  }
}
