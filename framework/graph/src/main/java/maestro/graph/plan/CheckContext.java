package maestro.graph.plan;

import java.util.Optional;
import maestro.api.node.NodeContext;
import maestro.api.node.Timing;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.store.Weights;

/** What a node sees while its wiring is checked: device and its parts of the pack. */
public record CheckContext(Device device, Optional<ModelPack> pack) implements NodeContext {
  public CheckContext(Planned node, Device device, Optional<ModelPack> pack) {
    this(device, node.given() ? pack : pack.map(all -> Weights.within(all, node.lease())));
  }

  @Override
  public void progress(long done, long total) {}

  @Override
  public void checkCancelled() {}

  @Override
  public Noise noise() {
    throw new IllegalStateException("a check draws nothing");
  }

  @Override
  public Timing timing() {
    throw new IllegalStateException("nothing is laid out yet");
  }

  @Override
  public int index() {
    return 0;
  }

  @Override
  public Timing.Span span() {
    return timing().span();
  }

  @Override
  public void remark(String sentence) {}
}
