package maestro.runtime.tests.probe;

import java.util.Optional;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;

/** A run nobody watches. */
final class QuietRun implements RunContext {
  private final ModelPack pack;

  /** With a pack, or with null for none. */
  QuietRun(ModelPack pack) {
    this.pack = pack;
  }

  @Override
  public void progress(long done, long total) {}

  @Override
  public void checkCancelled() {}

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public Noise noise() {
    return new Noise(7);
  }

  @Override
  public Optional<ModelPack> pack() {
    return Optional.ofNullable(pack);
  }

  @Override
  public void remark(String sentence) {}
}
