package maestro.graph.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.node.Values;
import maestro.api.run.Device;
import maestro.api.tensor.NamedTensors;
import maestro.files.Json;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.store.StageCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job under way: finds and keeps the results of nodes, tells the observer, and collects what
 * the result must say. Thread-safe.
 */
final class Job {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);
  private static final String REMARKS = "maestro.remarks";

  private final StageCache cache;
  private final RunObserver observer;
  private final Journal journal;
  private final Device device;
  private final Durations durations;
  private final Map<Long, Set<String>> remarks = new TreeMap<>();
  private int begun;
  private int count;
  private int computed;
  private volatile boolean stopped;

  Job(StageCache cache, RunObserver observer, Journal journal, Device device, Durations durations) {
    this.cache = cache;
    this.observer = observer;
    this.journal = journal;
    this.device = device;
    this.durations = durations;
  }

  /** Where tensor code runs. */
  Device device() {
    return device;
  }

  /** Says what there will be to do. */
  synchronized void expect(Map<String, Integer> valuesByNode, int others) {
    count = valuesByNode.values().stream().mapToInt(Integer::intValue).sum() + others;
    durations.expect(valuesByNode);
  }

  /** How many results were computed, not found. */
  synchronized int computed() {
    return computed;
  }

  /** How many results there were, and other work that was shown. */
  synchronized int begun() {
    return begun;
  }

  /** Everything the parts had to say, once each, in the order of the plan whoever was first. */
  synchronized List<String> remarks() {
    Set<String> all = new LinkedHashSet<>();
    remarks.values().forEach(all::addAll);
    return List.copyOf(all);
  }

  /** Adds a sentence of the job itself. */
  synchronized void remark(String sentence) {
    remark(-1, List.of(sentence));
  }

  private void remark(long order, List<String> sentences) {
    remarks.computeIfAbsent(order, first -> new LinkedHashSet<>()).addAll(sentences);
  }

  /** Ends all work at its next step, after a failure beside it. */
  void stop() {
    stopped = true;
  }

  /**
   * One value to make.
   *
   * @param node of the plan
   * @param order of its remarks among all
   * @param label what people read while it is made
   * @param fingerprint of all it depends on
   */
  record Item(Planned node, long order, String label, String fingerprint) {}

  /** The value, if the cache has it. */
  Optional<Values> find(Item item) {
    Optional<NamedTensors> kept = cache.find(item.fingerprint);
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    Values values;
    List<String> said;
    try {
      values = NodeForm.read(item.node.node().outputs(), kept.get());
      said = Json.strings(kept.get().metadata().getOrDefault(REMARKS, "[]"));
    } catch (RuntimeException e) {
      LOG.warn(
          "cache: the result of {} cannot be used and will be computed again ({})",
          item.label,
          e.getMessage());
      cache.forget(item.fingerprint);
      return Optional.empty();
    }
    int number;
    int all;
    synchronized (this) {
      number = ++begun;
      all = Math.max(count, number);
      remark(item.order, said);
      durations.kept(item.node.id());
    }
    observer.on(
        new StageEvent(item.label, number, all, StageEvent.State.KEPT, 1, 1, Optional.empty()));
    return Optional.of(values);
  }

  /** Begins to make a value. */
  Step begin(Item item) {
    journal.stage(item.label, item.fingerprint);
    return begin(item.label, item.node.id());
  }

  /** Begins work that is not kept, such as writing a file. */
  Step begin(String label, String node) {
    int number;
    synchronized (this) {
      number = ++begun;
    }
    Step step = new Step(label, node, number);
    step.tell(StageEvent.State.BEGUN, 0, 0);
    step.checkCancelled();
    return step;
  }

  /** Work behind the others, such as opening a network: nothing of it is shown. */
  Step quiet(String label) {
    return new Step(label, label, 0);
  }

  /** Ends the making of a value, and keeps it. */
  void done(Item item, Step step, Values values) {
    step.checkCancelled();
    NamedTensors tensors = NodeForm.write(item.node.node().outputs(), values);
    Map<String, String> metadata = new LinkedHashMap<>(tensors.metadata());
    List<String> said = step.said();
    if (!said.isEmpty()) {
      metadata.put(REMARKS, Json.line(said));
    }
    cache.keep(item.fingerprint, new NamedTensors(tensors.tensors(), metadata));
    synchronized (this) {
      computed++;
      remark(item.order, said);
    }
    step.done();
  }

  /** Progress and cancel of one piece of work. */
  final class Step {
    private final String label;
    private final String node;
    private final int number;
    private final long begunNanos = System.nanoTime();
    private final List<String> said = new ArrayList<>();

    private Step(String label, String node, int number) {
      this.label = label;
      this.node = node;
      this.number = number;
    }

    void progress(long done, long total) {
      checkCancelled();
      tell(StageEvent.State.STEP, done, total);
    }

    void done() {
      durations.done(node, Duration.ofNanos(System.nanoTime() - begunNanos));
      tell(StageEvent.State.DONE, 1, 1);
    }

    private void tell(StageEvent.State state, long done, long total) {
      if (number == 0 || observer.cancelled()) {
        return;
      }
      double share = total > 0 ? (double) Math.min(done, total) / total : 0;
      Optional<Duration> remaining =
          state == StageEvent.State.STEP
              ? durations.remaining(node, share, Duration.ofNanos(System.nanoTime() - begunNanos))
              : Optional.empty();
      int all;
      synchronized (Job.this) {
        all = Math.max(count, number);
      }
      observer.on(new StageEvent(label, number, all, state, done, total, remaining));
    }

    void checkCancelled() {
      if (observer.cancelled() || stopped) {
        throw new MaestroException(
            Kind.CANCELLED,
            label,
            "cancelled",
            "run it again to continue from the stages that are done");
      }
    }

    void remark(String sentence) {
      synchronized (said) {
        if (!said.contains(sentence)) {
          said.add(sentence);
        }
      }
    }

    List<String> said() {
      synchronized (said) {
        return List.copyOf(said);
      }
    }
  }

  /**
   * The process may be going down already, and native engines with it: what they say then is not
   * the cause.
   */
  static RuntimeException cancelled(String name, Throwable e) {
    return e instanceof MaestroException known && known.kind() == MaestroException.Kind.CANCELLED
        ? known
        : new MaestroException(
            MaestroException.Kind.CANCELLED,
            name,
            "cancelled",
            "run it again to continue from the stages that are done",
            e);
  }
}
