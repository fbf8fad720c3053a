package maestro.contracts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;

/**
 * A run on the processor that remembers what the plugin under test reported, and can be cancelled.
 */
public final class TestRun implements RunContext {
  private final long seed;
  private final ModelPack pack;
  private final List<long[]> progress = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private volatile boolean cancelled;
  private volatile int cancelAfter = Integer.MAX_VALUE;

  /** A run with seed 7 and no weights. */
  public TestRun() {
    this(7, null);
  }

  /** A run of that seed; the pack may be null. */
  public TestRun(long seed, ModelPack pack) {
    this.seed = seed;
    this.pack = pack;
  }

  /** Cancels at the next check. */
  public void cancel() {
    cancelled = true;
  }

  /** Cancels once that many progress reports have come. */
  public TestRun cancelAfter(int reports) {
    cancelAfter = reports;
    return this;
  }

  /** All progress reports so far, each {done, total}. */
  public synchronized List<long[]> progressReports() {
    return List.copyOf(progress);
  }

  /** All remarks so far. */
  public synchronized List<String> remarks() {
    return List.copyOf(remarks);
  }

  @Override
  public void progress(long done, long total) {
    synchronized (this) {
      progress.add(new long[] {done, total});
      cancelled |= progress.size() >= cancelAfter;
    }
    checkCancelled();
  }

  @Override
  public void checkCancelled() {
    if (cancelled) {
      throw new MaestroException(
          MaestroException.Kind.CANCELLED, "run", "cancelled", "start it again to continue");
    }
  }

  @Override
  public Device device() {
    return Device.CPU;
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
    remarks.add(sentence);
  }
}
