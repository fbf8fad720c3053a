package maestro.contracts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.node.NodeContext;
import maestro.api.node.Timing;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;
import maestro.api.run.Noise;

/**
 * A run on the processor that remembers what the plugin under test reported, and can be cancelled.
 */
public final class TestRun implements NodeContext {
  private final long seed;
  private final ModelPack pack;
  private final List<long[]> progress = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private final Map<String, Object> inputs = new HashMap<>();
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

  /** Gives the plugin a value of a kind it declares to take. */
  public TestRun with(String kind, Object value) {
    inputs.put(kind, value);
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
  public <T> Optional<T> input(String kind, Class<T> type) {
    return Optional.ofNullable(inputs.get(kind)).map(type::cast);
  }

  /** One window of the paper's: 10.24 s in 1024 frames. */
  @Override
  public Timing timing() {
    return Timing.of(16_000, 160, 1024, 0, 0, 10.24, true);
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
  public synchronized void remark(String sentence) {
    remarks.add(sentence);
  }
}
