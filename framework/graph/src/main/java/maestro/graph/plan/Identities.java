package maestro.graph.plan;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.node.Extent;
import maestro.api.node.FilmNode;
import maestro.api.node.Port;
import maestro.api.node.Timing;
import maestro.api.node.Timing.Span;
import maestro.api.pack.ModelPack;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.plan.Plan.Wire;
import maestro.graph.store.Fingerprint;
import maestro.graph.store.Weights;

/**
 * Fingerprints of all values of a plan, known before any is made: a value is its node's code,
 * settings and weights, the device, and the fingerprints of what its inputs are wired to. Where a
 * value is about the whole score or a window, how that is laid out counts too. Thread-safe.
 */
public final class Identities {
  private static final int VERSION = 1;

  private final Plan plan;
  private final Layout layout;
  private final String device;
  private final Map<String, String> given;
  private final Map<String, String> plugins = new HashMap<>();
  private final Map<String, String> known = new HashMap<>();

  /**
   * Identities of one job.
   *
   * @param device the recipe's, of which results depend
   * @param given fingerprints of what comes with the job, by node; with {@code #} and the index
   *     behind it for one value of a node
   */
  public Identities(Plan plan, Layout layout, String device, Map<String, String> given) {
    this.plan = plan;
    this.layout = layout;
    this.device = device;
    this.given = new LinkedHashMap<>(given);
  }

  /** Digest of a plugin's code, what it is wired to and needs, its settings and weights. */
  public static String plugin(Planned node, Optional<ModelPack> pack) {
    Fingerprint identity = new Fingerprint("plugin", 2).with(node.lease().identity());
    pack.ifPresent(present -> identity.with(Weights.identity(present, node.lease())));
    return identity.hex();
  }

  /** Fingerprint of one value of a node. */
  public synchronized String of(String id, int index) {
    String key = id + "#" + index;
    String found = given.getOrDefault(key, given.get(id));
    if (found == null) {
      found = known.get(key);
    }
    if (found == null) {
      found = compute(plan.nodes().get(id), index);
      known.put(key, found);
    }
    return found;
  }

  private String compute(Planned node, int index) {
    Extent extent = node.extent();
    Timing timing = layout.timing();
    Fingerprint print =
        new Fingerprint("node", VERSION)
            .with(node.id())
            .with(node.node().version())
            .with(plugins.computeIfAbsent(node.id(), id -> plugin(node, plan.pack())))
            .with(device);
    if (node.node() instanceof FilmNode) {
      Span span = timing.span(index);
      print.with(span.beginSeconds()).with(span.endSeconds()).with(of("film", 0));
    } else if (extent == Extent.WINDOW) {
      print.with(timing.windowFrames()).with(timing.hopSamples()).with(timing.sampleRateHz());
    } else if (extent == Extent.FILM) {
      print.with(timing.toString());
    } else if (extent == Extent.CUE) {
      Span cue = layout.span(extent, index);
      print.with(timing.toString()).with(cue.beginSeconds()).with(cue.endSeconds());
    }
    for (Port port : node.taken()) {
      wires(print, port, node.wires().getOrDefault(port.name(), List.of()), index);
    }
    return print.hex();
  }

  private void wires(Fingerprint print, Port port, List<Wire> wires, int index) {
    print.with(port.name()).with(wires.size());
    for (Wire wire : wires) {
      print.with(port.arity().many() ? wire.from() : "");
      Extent from = wire.port().extent();
      Extent to = port.extent();
      if (from.compareTo(Extent.FILM) <= 0) {
        if (from == Extent.FILM && to == Extent.WINDOW && port.kind().fit().isPresent()) {
          print.with("part").with(layout.timing().begin(index));
        }
        print.with(of(wire.from(), 0));
      } else if (from == to) {
        print.with(of(wire.from(), index));
      } else {
        print.with("joined");
        for (int i = 0; i < layout.count(from); i++) {
          if (from == Extent.CUE) {
            Span cue = layout.span(from, i);
            print.with(cue.beginSeconds()).with(cue.endSeconds());
          }
          print.with(of(wire.from(), i));
        }
      }
    }
  }
}
