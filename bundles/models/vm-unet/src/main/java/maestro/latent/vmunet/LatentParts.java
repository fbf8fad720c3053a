package maestro.latent.vmunet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.tensor.ArchitectureNumbers;
import maestro.tensor.BlockParameters;
import maestro.tensor.PackPartSource;
import org.osgi.service.component.annotations.Component;

/** The tensors of VM-UNet, of its S-Control Branch and of the Music VAE. */
@Component
public final class LatentParts implements PackPartSource {
  private static final String DENOISER = "denoiser";
  private static final String BRANCH = "branch";
  private static final String VAE = "vae";

  @Override
  public List<String> parts() {
    return List.of(DENOISER, BRANCH, VAE);
  }

  @Override
  public Map<String, long[]> shapes(String part, Map<String, Object> architecture) {
    ArchitectureNumbers numbers = new ArchitectureNumbers(part, architecture);
    Description description = new Description(part, architecture);
    bound(numbers);
    return switch (part) {
      case DENOISER -> BlockParameters.shapes(new UNet(DenoiserParts.unet(description)));
      case BRANCH -> branch(numbers, description);
      default -> BlockParameters.shapes(new MusicVae(CodecParts.vae(description)));
    };
  }

  private static void bound(ArchitectureNumbers numbers) {
    numbers.positive("latentChannels", 8);
    numbers.positive("modelChannels", 128);
    numbers.positive("channels", 128);
    numbers.positive("filmWidth", 512);
    numbers.count("resBlocks", 2);
    numbers.list("multipliers", List.of(1));
    numbers.list("attentionLevels", List.of(1));
    numbers.list("preWidths", List.of(1));
  }

  private static Map<String, long[]> branch(ArchitectureNumbers numbers, Description description) {
    UNetConfig unet = DenoiserParts.unet(description);
    numbers.map("controls").forEach((name, control) -> channels(numbers.part(), control));
    Map<String, long[]> shapes = new LinkedHashMap<>();
    BlockParameters.shapes(new ControlBranch(unet, DenoiserParts.controls(description)))
        .forEach((name, shape) -> shapes.put(Denoiser.BRANCH + "." + name, shape));
    return shapes;
  }

  private static void channels(String part, Object control) {
    if (control instanceof Map<?, ?> map && map.get("channels") != null) {
      new ArchitectureNumbers(part, Map.of("channels", map.get("channels")))
          .positive("channels", 1);
    }
  }
}
