package maestro.roles;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.host.PluginDescription;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.NetworkPart;
import maestro.api.latent.NoisePredictor;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Port.Arity;
import maestro.api.node.Role;
import maestro.api.node.Values;
import maestro.api.run.RunContext;
import org.osgi.service.component.annotations.Component;

/**
 * A denoiser is three nodes: what it was made for ({@code :format}), the opened network ({@code
 * :network}), and the guided predictor of each window (paper, section 3.2).
 */
@Component(service = Role.class)
public final class DenoiserRole implements Role<Denoiser> {
  @Override
  public Class<Denoiser> service() {
    return Denoiser.class;
  }

  @Override
  public Map<String, Node> nodes(PluginDescription plugin, Denoiser denoiser, Given given) {
    Map<String, Node> nodes = new LinkedHashMap<>();
    nodes.put(
        ":format",
        new FromParts<>(
            Kinds.DENOISER_FORMAT, (run, parts) -> withControls(denoiser.format(run), parts)));
    nodes.put(":network", new FromParts<>(Kinds.DENOISER, denoiser::open));
    nodes.put("", new Predicting(plugin.name(), denoiser));
    return nodes;
  }

  /** The format with the controls of parts that other bundles bring. */
  private static Denoiser.Format withControls(
      Denoiser.Format format, Map<String, NetworkPart> parts) {
    Map<String, Denoiser.ControlFormat> controls = new TreeMap<>(format.controls());
    parts.forEach(
        (plugin, part) ->
            part.controls()
                .forEach(
                    (name, control) -> {
                      if (controls.putIfAbsent(name, control) != null) {
                        throw new MaestroException(
                            Kind.CONFIGURATION,
                            plugin,
                            "it listens to the control " + name + ", as another part does",
                            "use one of the two");
                      }
                    }));
    return new Denoiser.Format(format.latentChannels(), format.conditionWidth(), controls);
  }

  /** Something that is there for the whole run, made from the pack and parts of other bundles. */
  private record FromParts<T>(
      maestro.api.node.Kind<T> kind, BiFunction<RunContext, Map<String, NetworkPart>, T> make)
      implements Node {
    @Override
    public List<Port> inputs() {
      return List.of(Port.of(Kinds.NETWORK_PART, Extent.RUN, Arity.ANY));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(kind, Extent.RUN));
    }

    @Override
    public Values run(Values in, NodeContext run) {
      return Values.of(kind, make.apply(run, new TreeMap<>(in.all(Kinds.NETWORK_PART))));
    }
  }

  private record Predicting(String name, Denoiser denoiser) implements Node {
    @Override
    public List<Port> inputs() {
      return List.of(
          Port.of(Kinds.CONDITION, Extent.WINDOW),
          Port.of(Kinds.CONTROL, Extent.WINDOW, Arity.ANY),
          Port.of(Kinds.NETWORK_PART, Extent.RUN, Arity.ANY),
          Port.of(Kinds.GUIDANCE, Extent.RUN),
          Port.of(Kinds.DENOISER_FORMAT, Extent.RUN),
          Port.of(Kinds.DENOISER, Extent.RUN));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.PREDICTOR, Extent.WINDOW));
    }

    /**
     * What the model does not know cannot steer it. What parts of other bundles know is only there
     * when they are: then the opened network says it.
     */
    @Override
    public void check(Map<String, List<String>> wired, RunContext run) {
      List<String> controls = wired.getOrDefault(Kinds.CONTROL.name(), List.of());
      boolean parts = !wired.getOrDefault(Kinds.NETWORK_PART.name(), List.of()).isEmpty();
      if (controls.isEmpty() || parts) {
        return;
      }
      Map<String, Denoiser.ControlFormat> known = denoiser.format(run).controls();
      for (String control : controls) {
        if (!known.containsKey(shortName(control))) {
          throw new MaestroException(
              Kind.CONFIGURATION,
              control,
              known.isEmpty()
                  ? name + " of this pack has no branch for controls"
                  : name
                      + " of this pack was trained for "
                      + String.join(", ", known.keySet().stream().sorted().toList()),
              "take "
                  + control
                  + " out, or train a branch that knows it; see 'maestro train --help'");
        }
      }
    }

    @Override
    public Values run(Values in, NodeContext run) {
      FilmCondition condition = in.one(Kinds.CONDITION);
      int width = in.one(Kinds.DENOISER_FORMAT).conditionWidth();
      if (condition.vector().length != width) {
        throw new MaestroException(
            Kind.CONFIGURATION,
            name,
            "it wants a condition of "
                + width
                + " values and is given "
                + condition.vector().length,
            "use a fusion and a pack that belong together");
      }
      Map<String, ControlSignal> controls = new TreeMap<>();
      in.all(Kinds.CONTROL).forEach((id, control) -> controls.put(shortName(id), control));
      Denoiser.Session session = in.one(Kinds.DENOISER);
      NoisePredictor predictor;
      synchronized (session) { // one network serves all windows, one at a time
        predictor = session.predictor(condition, controls, in.one(Kinds.GUIDANCE));
      }
      NoisePredictor guarded =
          (latent, timestep) -> {
            run.checkCancelled();
            Latent noise;
            synchronized (session) {
              noise = predictor.predict(latent, timestep);
            }
            return noise;
          };
      return Values.of(Kinds.PREDICTOR, new Kinds.Predictor(guarded, session.schedule()));
    }

    private static String shortName(String id) {
      return id.substring(id.indexOf('.') + 1);
    }
  }
}
