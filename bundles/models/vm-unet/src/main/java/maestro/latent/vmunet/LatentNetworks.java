package maestro.latent.vmunet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.api.latent.LatentCodec;
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
    PackParts parts = new PackParts(pack, "latent.networks");
    LatentCodec.Format codec = CodecParts.format(parts);
    long[] latent = {COLUMNS, codec.melBands() / codec.compression()};
    long[] frames = {(long) COLUMNS * codec.compression(), codec.melBands()};
    Map<String, long[]> free = new HashMap<>();
    free.put("latent", latent);
    free.put("mel", frames);
    NetworkSource source =
        switch (name) {
          case "denoiser", "guided-denoiser" -> {
            DenoiserParts denoiser = DenoiserParts.of(parts);
            denoiser.controlChannels().keySet().forEach(control -> free.put(control, frames));
            boolean branch = denoiser.controls != null;
            yield name.equals("denoiser")
                ? denoiser.denoiserSource(branch)
                : denoiser.guidedSource(branch, Set.of());
          }
          case "vae-encode" -> CodecParts.of(parts).encoderSource();
          case "vae-decode" -> CodecParts.of(parts).decoderSource();
          default ->
              throw new IllegalArgumentException("no network '" + name + "' among " + networks());
        };
    return Sized.of(source, free);
  }
}
