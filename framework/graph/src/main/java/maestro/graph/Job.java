package maestro.graph;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.pack.ModelPack;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;
import maestro.api.tensor.NamedTensors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run under way: finds or computes stages, tells the watcher, and collects what the result must
 * say.
 */
final class Job {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);
  private static final String REMARKS = "maestro.remarks";

  private final StageCache cache;
  private final RunObserver observer;
  private final Journal journal;
  private final Device device;
  private final Optional<ModelPack> pack;
  private final Set<String> remarks = new LinkedHashSet<>();
  private int begun;
  private int count;
  private int computed;

  Job(
      StageCache cache,
      RunObserver observer,
      Journal journal,
      Device device,
      Optional<ModelPack> pack) {
    this.cache = cache;
    this.observer = observer;
    this.journal = journal;
    this.device = device;
    this.pack = pack;
  }

  /** Says how many stages there will be. */
  synchronized void expect(int stages) {
    count = stages;
  }

  /** How many stages were computed, not found. */
  synchronized int computed() {
    return computed;
  }

  /** How many stages have begun. */
  synchronized int begun() {
    return begun;
  }

  /** Everything the parts had to say, once each, in the order of the stages. */
  synchronized List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** Adds a sentence of the run itself. */
  synchronized void remark(String sentence) {
    remarks.add(sentence);
  }

  /** A value and the fingerprint it is kept under. */
  record Kept<T>(T value, String fingerprint) {}

  /** Finds the result of a stage or computes and keeps it, under a fingerprint that is spent. */
  <T> Kept<T> kept(
      String name, Fingerprint fingerprint, Codec<T> codec, Stage.Work<T> work, Noise noise) {
    String hex = fingerprint.hex();
    return new Kept<>(run(new Stage<>(name, hex, codec, work), noise), hex);
  }

  /** Finds the result of a stage or computes and keeps it. */
  <T> T run(Stage<T> stage, Noise noise) {
    Optional<T> kept = find(stage);
    return kept.isPresent() ? kept.get() : compute(stage, noise);
  }

  /** The result of a stage if the cache has it. */
  <T> Optional<T> find(Stage<T> stage) {
    Optional<NamedTensors> kept = cache.find(stage.fingerprint());
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    T value;
    List<String> said;
    try {
      value = stage.codec().read(kept.get());
      said = Codec.strings(kept.get().metadata().getOrDefault(REMARKS, "[]"));
    } catch (RuntimeException e) {
      LOG.warn(
          "cache: the result of {} cannot be used and will be computed again ({})",
          stage.name(),
          e.getMessage());
      cache.forget(stage.fingerprint());
      return Optional.empty();
    }
    synchronized (this) {
      begun++;
      remarks.addAll(said);
      observer.on(
          new StageEvent(
              stage.name(), begun, count, StageEvent.State.KEPT, 1, 1, Optional.empty()));
    }
    return Optional.of(value);
  }

  /** Computes a stage and keeps its result. */
  <T> T compute(Stage<T> stage, Noise noise) {
    Context context = begin(stage.name(), noise);
    journal.stage(stage.name(), stage.fingerprint());
    T value = stage.work().run(context);
    context.checkCancelled();
    NamedTensors tensors = stage.codec().write(value);
    Map<String, String> metadata = new LinkedHashMap<>(tensors.metadata());
    if (!context.said.isEmpty()) {
      metadata.put(REMARKS, Json.line(context.said));
    }
    cache.keep(stage.fingerprint(), new NamedTensors(tensors.tensors(), metadata));
    synchronized (this) {
      computed++;
      remarks.addAll(context.said);
    }
    context.done();
    return value;
  }

  /**
   * A context for work behind the stages, such as decoding: it can be cancelled, and its progress
   * is not shown.
   */
  RunContext quiet(String stage, Noise noise) {
    return new Context(stage, 0, noise);
  }

  /** A context for work that is not kept, such as writing a file. */
  Context begin(String stage, Noise noise) {
    int number;
    synchronized (this) {
      number = ++begun;
    }
    Context context = new Context(stage, number, noise);
    context.tell(StageEvent.State.BEGUN, 0, 0);
    context.checkCancelled();
    return context;
  }

  /** What a plugin is given while its stage runs. */
  final class Context implements RunContext {
    private final String stage;
    private final int number;
    private final Noise noise;
    private final long begunNanos = System.nanoTime();
    private final List<String> said = new ArrayList<>();

    private Context(String stage, int number, Noise noise) {
      this.stage = stage;
      this.number = number;
      this.noise = noise;
    }

    @Override
    public void progress(long done, long total) {
      checkCancelled();
      tell(StageEvent.State.STEP, done, total);
    }

    void done() {
      tell(StageEvent.State.DONE, 1, 1);
    }

    private void tell(StageEvent.State state, long done, long total) {
      if (number == 0) {
        return;
      }
      Optional<Duration> remaining = Optional.empty();
      if (state == StageEvent.State.STEP && done > 0 && total >= done) {
        remaining =
            Optional.of(Duration.ofNanos((System.nanoTime() - begunNanos) / done * (total - done)));
      }
      int all;
      synchronized (Job.this) {
        all = Math.max(count, number);
      }
      observer.on(new StageEvent(stage, number, all, state, done, total, remaining));
    }

    @Override
    public void checkCancelled() {
      if (observer.cancelled()) {
        throw new MaestroException(
            Kind.CANCELLED,
            stage,
            "cancelled",
            "run it again to continue from the stages that are done");
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
    public void remark(String sentence) {
      synchronized (said) {
        if (!said.contains(sentence)) {
          said.add(sentence);
        }
      }
    }
  }
}
