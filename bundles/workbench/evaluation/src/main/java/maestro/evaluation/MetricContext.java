package maestro.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;
import maestro.runtime.command.Cancellation;

/**
 * What a metric sees of an evaluation. Its steps are not shown: the evaluation itself counts items.
 */
final class MetricContext implements RunContext {
  private final Cancellation cancellation;
  private final Device device;
  private final long seed;
  private final ModelPack pack;
  private final List<String> remarks = new ArrayList<>();

  MetricContext(Cancellation cancellation, Device device, long seed, ModelPack pack) {
    this.cancellation = cancellation;
    this.device = device;
    this.seed = seed;
    this.pack = pack;
  }

  @Override
  public void progress(long done, long total) {
    checkCancelled();
  }

  @Override
  public void checkCancelled() {
    cancellation.check();
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Noise noise() {
    return new Noise(seed);
  }

  @Override
  public Optional<ModelPack> pack() {
    return Optional.ofNullable(pack);
  }

  @Override
  public synchronized void remark(String sentence) {
    if (!remarks.contains(sentence)) {
      remarks.add(sentence);
    }
  }

  synchronized List<String> remarks() {
    return List.copyOf(remarks);
  }
}
