package maestro.graph.run;

import java.util.Optional;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.NodeContext;
import maestro.api.node.Timing;
import maestro.api.node.Timing.Span;
import maestro.api.node.Values;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.graph.plan.Layout;

/**
 * What a node is given for one call: its noise is its input of that kind, none but the same else.
 */
record StepContext(
    Job.Step step,
    Device device,
    Optional<ModelPack> pack,
    Values inputs,
    Timing timing,
    int index,
    Span span)
    implements NodeContext {
  /** The context of one value of a node. */
  static StepContext of(
      Job.Step step,
      Device device,
      Optional<ModelPack> pack,
      Values inputs,
      Layout layout,
      Extent extent,
      int index) {
    return new StepContext(
        step, device, pack, inputs, layout.timing(), index, layout.span(extent, index));
  }

  @Override
  public void progress(long done, long total) {
    step.progress(done, total);
  }

  @Override
  public void checkCancelled() {
    step.checkCancelled();
  }

  @Override
  public Noise noise() {
    return inputs.find(Kinds.NOISE).orElse(new Noise(0));
  }

  @Override
  public <T> Optional<T> input(String kind, Class<T> type) {
    return inputs.port(kind).values().stream().findFirst().map(type::cast);
  }

  @Override
  public void remark(String sentence) {
    step.remark(sentence);
  }
}
