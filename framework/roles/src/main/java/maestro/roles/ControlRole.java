package maestro.roles;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.film.TimeLine;
import maestro.api.host.PluginDescription;
import maestro.api.latent.Denoiser;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Port.Arity;
import maestro.api.node.Role;
import maestro.api.node.Timing;
import maestro.api.node.Values;
import org.osgi.service.component.annotations.Component;

/**
 * A style control over the whole score, standardised as the denoiser was trained: heard in the
 * style piece (paper, section 3.2.2) or, without one, drawn from the film by a control that can.
 */
@Component(service = Role.class)
public final class ControlRole implements Role<StyleControl> {
  @Override
  public Class<StyleControl> service() {
    return StyleControl.class;
  }

  @Override
  public Map<String, Node> nodes(PluginDescription plugin, StyleControl control, Given given) {
    String name = plugin.name();
    if (given.curves().contains(name)) {
      return Map.of("", new FromFile(name, control));
    }
    boolean hears = control.hears() || !control.drawsFromFilm();
    if (given.style() && hears || !given.known() && !control.drawsFromFilm()) {
      return Map.of("", new Heard(name, control));
    }
    if (control.drawsFromFilm()) {
      return Map.of("", new Drawn(name, control));
    }
    throw new MaestroException(
        MaestroException.Kind.USAGE,
        name,
        "there is no style piece for it to hear and, as it is set, it does not follow the film",
        "give one with --style, or use a recipe without " + name);
  }

  private static FrameGrid grid(Timing timing) {
    return new FrameGrid(timing.coveredFrames(), timing.sampleRateHz(), timing.hopSamples());
  }

  /** The control as the denoiser was trained with it; as it is without one. */
  private static Denoiser.ControlFormat format(String name, StyleControl control, Values in) {
    String shortName = name.substring(name.indexOf('.') + 1);
    return in.find(Kinds.DENOISER_FORMAT)
        .map(format -> format.controls().get(shortName))
        .orElse(new Denoiser.ControlFormat(control.channels(), 0, 1));
  }

  private static Values checked(
      String name, StyleControl control, ControlSignal signal, FrameGrid grid) {
    Edge.present(name, "curve", signal);
    Edge.width(name, "curve's frame", signal.channels(), control.channels());
    Edge.width(name, "curve", signal.frames(), grid.frames());
    Edge.finite(name, "curve", signal.values());
    return Values.of(Kinds.CONTROL, signal);
  }

  /** Heard in a style piece. */
  private record Heard(String name, StyleControl control) implements Node {
    @Override
    public List<Port> inputs() {
      return List.of(
          Port.of(Kinds.STYLE, Extent.FILM),
          Port.of(Kinds.DENOISER_FORMAT, Extent.RUN, Arity.OPTIONAL));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.CONTROL, Extent.FILM));
    }

    @Override
    public Values run(Values in, NodeContext run) {
      FrameGrid grid = grid(run.timing());
      Denoiser.ControlFormat format = format(name, control, in);
      run.checkCancelled();
      ControlSignal heard = Edge.present(name, "curve", control.extract(in.one(Kinds.STYLE), grid));
      return checked(
          name, control, control.standardise(heard, format.mean(), format.deviation()), grid);
    }
  }

  /** Drawn from the film. */
  private record Drawn(String name, StyleControl control) implements Node {
    @Override
    public List<Port> inputs() {
      return List.of(
          Port.of(Kinds.FEATURE, Extent.FILM, Arity.ANY), Port.of(Kinds.NOISE, Extent.FILM));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.CONTROL, Extent.FILM));
    }

    @Override
    public Values run(Values in, NodeContext run) {
      run.remark(name + " follows the film");
      Map<String, TimeLine> lines = new LinkedHashMap<>();
      in.all(Kinds.FEATURE)
          .forEach((from, feature) -> feature.timeLine().ifPresent(line -> lines.put(from, line)));
      FrameGrid grid = grid(run.timing());
      return checked(name, control, control.draw(lines, grid, run), grid);
    }
  }

  /** Given as a file, in the control's own unit; what is not specified asks for nothing. */
  private record FromFile(String name, StyleControl control) implements Node {
    @Override
    public List<Port> inputs() {
      return List.of(
          new Port(Kinds.CURVE.name(), Kinds.CURVE, Extent.FILM, Arity.ONE),
          Port.of(Kinds.DENOISER_FORMAT, Extent.RUN, Arity.OPTIONAL));
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.CONTROL, Extent.FILM));
    }

    @Override
    public Values run(Values in, NodeContext run) {
      FrameGrid grid = grid(run.timing());
      Denoiser.ControlFormat format = format(name, control, in);
      ControlSignal curve = in.one(Kinds.CURVE).on(grid, control, name);
      Edge.width(name, "curve's frame", curve.channels(), control.channels());
      Edge.width(name, "curve", curve.frames(), grid.frames());
      float[] fed = control.standardise(curve, format.mean(), format.deviation()).values().clone();
      int specified = 0;
      for (int t = 0; t < grid.frames(); t++) {
        boolean there = true;
        for (int c = 0; c < control.channels(); c++) {
          there &= !Float.isNaN(curve.at(t, c));
        }
        specified += there ? 1 : 0;
        if (!there) {
          java.util.Arrays.fill(fed, t * control.channels(), (t + 1) * control.channels(), 0);
        }
      }
      run.remark(
          String.format(
              java.util.Locale.ROOT,
              "%s is given for %.0f %% of the score",
              name,
              100.0 * specified / grid.frames()));
      return checked(
          name, control, new ControlSignal(grid.frames(), control.channels(), fed), grid);
    }
  }
}
