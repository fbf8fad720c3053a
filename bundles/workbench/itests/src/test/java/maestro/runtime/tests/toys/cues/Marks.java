package maestro.runtime.tests.toys.cues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maestro.api.Plugin;
import maestro.api.node.Cues;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Timing.Span;
import maestro.api.node.Values;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Divides a film into cues at given moments; the last cue lasts to the film's end. */
@Component(service = Node.class, configurationPid = "cues.marks")
@Designate(ocd = Marks.Settings.class)
@Plugin(name = "cues.marks")
public final class Marks implements Node {
  /** Settings. */
  @ObjectClassDefinition(name = "cues.marks")
  @interface Settings {
    /** Seconds at which a new cue begins, with commas between. */
    String at() default "4,7";
  }

  private final double[] at;

  @Activate
  public Marks(Settings settings) {
    at = Arrays.stream(settings.at().split(",")).mapToDouble(Double::parseDouble).toArray();
  }

  @Override
  public List<Port> inputs() {
    return List.of(Port.of(Kinds.FILM, Extent.FILM));
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(Kinds.CUES, Extent.FILM));
  }

  @Override
  public Values run(Values in, NodeContext run) {
    List<Span> cues = new ArrayList<>();
    double begin = 0;
    for (double mark : at) {
      cues.add(new Span(begin, mark));
      begin = mark;
    }
    cues.add(new Span(begin, in.one(Kinds.FILM).durationSeconds()));
    return Values.of(Kinds.CUES, new Cues(cues));
  }
}
