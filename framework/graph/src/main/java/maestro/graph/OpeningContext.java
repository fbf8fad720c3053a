package maestro.graph;

import java.util.List;
import java.util.Optional;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;

/**
 * What a latent model sees when it is opened: the run's noise, not a window's, and its remarks set
 * apart.
 */
record OpeningContext(RunContext run, Noise noise, List<String> said) implements RunContext {
  @Override
  public void progress(long done, long total) {
    run.progress(done, total);
  }

  @Override
  public void checkCancelled() {
    run.checkCancelled();
  }

  @Override
  public Device device() {
    return run.device();
  }

  @Override
  public Optional<ModelPack> pack() {
    return run.pack();
  }

  @Override
  public void remark(String sentence) {
    said.add(sentence);
  }
}
