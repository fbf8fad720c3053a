package maestro.graph.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;

/** The context of one stage run by itself, outside a graph. Thread-safe. */
public final class SingleRun implements RunContext {
  private final String stage;
  private final Device device;
  private final Noise noise;
  private final Optional<ModelPack> pack;
  private final RunObserver observer;
  private final List<String> remarks = new ArrayList<>();

  /** A context with everything a plugin may ask for. */
  public SingleRun(
      String stage, Device device, Noise noise, Optional<ModelPack> pack, RunObserver observer) {
    this.stage = stage;
    this.device = device;
    this.noise = noise;
    this.pack = pack;
    this.observer = observer;
  }

  /**
   * The device that a command's option names.
   *
   * @throws MaestroException of kind USAGE when it names none
   */
  public static Device device(String option) {
    try {
      return Device.parse(option);
    } catch (IllegalArgumentException e) {
      throw new MaestroException(
          Kind.USAGE, "--device", e.getMessage(), "use auto, cpu or cuda:0", e);
    }
  }

  /** What the plugin had to say. */
  public synchronized List<String> remarks() {
    return List.copyOf(remarks);
  }

  @Override
  public void progress(long done, long total) {
    checkCancelled();
    observer.on(new StageEvent(stage, 1, 1, StageEvent.State.STEP, done, total, Optional.empty()));
  }

  @Override
  public void checkCancelled() {
    if (observer.cancelled()) {
      throw new MaestroException(Kind.CANCELLED, stage, "cancelled", "run it again");
    }
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Noise noise() {
    return noise;
  }

  @Override
  public Optional<ModelPack> pack() {
    return pack;
  }

  @Override
  public synchronized void remark(String sentence) {
    if (!remarks.contains(sentence)) {
      remarks.add(sentence);
    }
  }
}
