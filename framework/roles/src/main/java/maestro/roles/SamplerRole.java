package maestro.roles;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginDescription;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.latent.Sampler;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Port.Arity;
import maestro.api.node.Role;
import maestro.api.node.Values;
import org.osgi.service.component.annotations.Component;

/** A sampler goes from a window's noise to its latent (paper, section 4.1). */
@Component(service = Role.class)
public final class SamplerRole implements Role<Sampler> {
  @Override
  public Class<Sampler> service() {
    return Sampler.class;
  }

  @Override
  public Map<String, Node> nodes(PluginDescription plugin, Sampler sampler, Given given) {
    return Map.of("", new Sampling(plugin.name(), sampler));
  }

  private record Sampling(String name, Sampler sampler) implements Node {
    @Override
    public List<Port> inputs() {
      return List.of(
          Port.of(Kinds.PREDICTOR, Extent.WINDOW),
          Port.of(Kinds.NOISE, Extent.WINDOW),
          Port.of(Kinds.CODEC_FORMAT, Extent.RUN),
          Port.of(Kinds.DENOISER_FORMAT, Extent.RUN, Arity.OPTIONAL));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.LATENT, Extent.WINDOW));
    }

    @Override
    public Values run(Values in, NodeContext run) {
      LatentCodec.Format codec = in.one(Kinds.CODEC_FORMAT);
      in.find(Kinds.DENOISER_FORMAT).ifPresent(denoiser -> match(codec, denoiser));
      Latent zeros = codec.zeros(run.timing().windowFrames());
      Latent noise = zeros.with(run.noise().gaussian("latent", zeros.values().length));
      Kinds.Predictor predictor = in.one(Kinds.PREDICTOR);
      Latent latent =
          Edge.present(
              name, "latent", sampler.sample(noise, predictor.noise(), predictor.schedule(), run));
      Edge.width(name, "latent", latent.values().length, zeros.values().length);
      Edge.finite(name, "latent", latent.values());
      return Values.of(Kinds.LATENT, latent);
    }

    private static void match(LatentCodec.Format codec, Denoiser.Format denoiser) {
      if (codec.latentChannels() != denoiser.latentChannels()) {
        throw new MaestroException(
            Kind.CONFIGURATION,
            "latent",
            "the codec has "
                + codec.latentChannels()
                + " channels and the denoiser "
                + denoiser.latentChannels(),
            "use a codec and a denoiser that were trained together");
      }
    }
  }
}
