package maestro.latent.vmunet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.api.pack.ModelPack;
import maestro.tensor.NetworkSource;
import maestro.tensor.NetworkSources;
import org.osgi.service.component.annotations.Component;

/**
 * The networks of the latent diffusion model, for a clip of 10.24 s; the branch takes part when the
 * pack has one.
 */
@Component
public final class LatentNetworks implements NetworkSources {
  /** Columns of the latent of a clip. */
  private static final int COLUMNS = 256;

  @Override
  public List<String> networks() {
    return List.of("denoiser", "guided-denoiser", "vae-encode", "vae-decode");
  }

  @Override
  public Sized network(String name, ModelPack pack) {
    LatentParts parts = LatentParts.of(pack);
    int compression = parts.vae.compression();
    long[] latent = {COLUMNS, parts.melBands / compression};
    long[] frames = {(long) COLUMNS * compression, parts.melBands};
    Map<String, long[]> free = new HashMap<>();
    free.put("latent", latent);
    free.put("mel", frames);
    parts.controlChannels().keySet().forEach(control -> free.put(control, frames));
    boolean branch = parts.controls != null;
    NetworkSource source =
        switch (name) {
          case "denoiser" -> parts.denoiserSource(branch);
          case "guided-denoiser" -> parts.guidedSource(branch, Set.of());
          case "vae-encode" -> parts.encoderSource();
          case "vae-decode" -> parts.decoderSource();
          default ->
              throw new IllegalArgumentException("no network '" + name + "' among " + networks());
        };
    return Sized.of(source, free);
  }
}
