package maestro.graph.plan;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.host.PluginLease;
import maestro.api.latent.LatentCodec;
import maestro.api.node.Extent;
import maestro.api.node.Kind;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Values;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;

/**
 * What a recipe comes to: a graph of nodes, wired, checked, and in an order in which each comes
 * after those it takes from. Holds the plugins until it is closed.
 */
public final class Plan implements AutoCloseable {
  /**
   * What every node that runs once per cue has besides its own inputs: it is wired to the list of
   * cues, which says how often the node runs. The list is not handed over and is no part of
   * identities, so that a cue that stays keeps its values when others change.
   */
  public static final Port CUE = new Port("cue", Kinds.CUES, Extent.FILM, Port.Arity.OPTIONAL);

  /**
   * One node.
   *
   * @param id the plugin's name, with a suffix for all but the main node of a plugin; a kind's name
   *     for what comes with the job
   * @param node what it does
   * @param lease the plugin it is of; null for what comes with the job
   * @param optional whether the recipe may run without it
   * @param inputs its own inputs, and what its plugin takes besides
   * @param wires what each input is wired to, by port; empty for an input that stays empty
   */
  public record Planned(
      String id,
      Node node,
      PluginLease<?> lease,
      boolean optional,
      List<Port> inputs,
      Map<String, List<Wire>> wires) {
    /** Whether its value comes with the job. */
    public boolean given() {
      return lease == null;
    }

    /** Whether it has a name of its own for people: the main node of a plugin. */
    public boolean main() {
      return !given() && id.equals(lease.plugin().name());
    }

    /** How much one of its values is about. */
    public Extent extent() {
      return node.outputs().get(0).extent();
    }

    /** The inputs whose values it is given: all but that for {@link #CUE}. */
    public List<Port> taken() {
      return inputs.stream().filter(port -> !port.equals(CUE)).toList();
    }

    /** Whether its values can be kept. */
    public boolean keepable() {
      return node.outputs().stream().allMatch(port -> port.kind().form().isPresent());
    }
  }

  /**
   * One wire.
   *
   * @param from id of the node it comes from
   * @param port output it comes from
   */
  public record Wire(String from, Port port) {}

  private final Map<String, Planned> nodes;
  private final Optional<ModelPack> pack;
  private final List<String> dropped;
  private final List<PluginLease<?>> leases;

  public Plan(
      Map<String, Planned> nodes,
      Optional<ModelPack> pack,
      List<String> dropped,
      List<PluginLease<?>> leases) {
    this.nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
    this.pack = pack;
    this.dropped = List.copyOf(dropped);
    this.leases = List.copyOf(leases);
  }

  /** All nodes by id, each after those it takes from. */
  public Map<String, Planned> nodes() {
    return nodes;
  }

  /** The opened pack. */
  public Optional<ModelPack> pack() {
    return pack;
  }

  /** One sentence for each optional plugin that is left out. */
  public List<String> dropped() {
    return dropped;
  }

  /** The plugins that take part, in the recipe's order. */
  public List<PluginLease<?>> leases() {
    return leases;
  }

  /** The nodes that give a kind, in order. */
  public List<Planned> giving(Kind<?> kind) {
    return nodes.values().stream()
        .filter(one -> one.node().outputs().stream().anyMatch(port -> port.kind().equals(kind)))
        .toList();
  }

  /** The node that says what the cues are; empty when the whole film is one. */
  public Optional<Planned> cues() {
    return nodes.values().stream()
        .filter(node -> node.inputs().contains(CUE))
        .flatMap(node -> node.wires().getOrDefault(CUE.name(), List.of()).stream())
        .map(wire -> nodes.get(wire.from()))
        .findFirst();
  }

  /** What the codec was made for, which sets the frames of the job; the paper's without a codec. */
  public LatentCodec.Format format(Device device) {
    for (Planned node : giving(Kinds.CODEC_FORMAT)) {
      NodeContext context = new CheckContext(node, device, pack);
      return PluginEdge.call(node, () -> node.node().run(Values.none(), context))
          .one(Kinds.CODEC_FORMAT);
    }
    return LatentCodec.Format.PAPER;
  }

  /** Gives all plugins back, last taken first. */
  @Override
  public void close() {
    close(leases);
  }

  public static void close(List<PluginLease<?>> leases) {
    Deque<PluginLease<?>> open = new ArrayDeque<>(leases);
    RuntimeException first = null;
    while (!open.isEmpty()) {
      try {
        open.removeLast().close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
