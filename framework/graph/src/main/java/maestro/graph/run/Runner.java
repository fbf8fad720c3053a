package maestro.graph.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import maestro.api.MaestroException;
import maestro.api.node.Extent;
import maestro.api.node.FilmNode;
import maestro.api.node.Kind;
import maestro.api.node.Kinds;
import maestro.api.node.Port;
import maestro.api.node.Timing;
import maestro.api.node.Values;
import maestro.api.pack.ModelPack;
import maestro.api.run.RunContext;
import maestro.graph.plan.Identities;
import maestro.graph.plan.Layout;
import maestro.graph.plan.Plan;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.plan.PluginEdge;
import maestro.graph.run.Job.Item;
import maestro.graph.store.Weights;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the values of a plan. Knows no order but that of the wires: a value is looked for in the
 * cache, and made when all it takes is there; nodes that do not wait for each other run at once,
 * the values of one node after each other. What cannot be kept (an opened network) is made only for
 * somebody who needs it, and closed in the end.
 */
final class Runner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

  /**
   * Something that comes with the job.
   *
   * @param value it
   * @param fingerprint of it
   */
  record Given(Object value, String fingerprint) {}

  /** Something that comes with the job and is read when somebody needs it. */
  record Later(Function<RunContext, ?> value) {}

  /** What a node gave, and what it had to say when that cannot be kept with it. */
  record Result(Values values, List<String> said) {}

  private final Plan plan;
  private final Job job;
  private final Layout layout;
  private final Identities identities;
  private final Map<String, Given> given;
  private final FilmPass film;
  private final ExecutorService threads;
  private final Map<String, Long> order = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<Result>> results = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Result>> last = new ConcurrentHashMap<>();
  private final PassingValues passing;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private BiConsumer<Item, Values> watcher = (item, values) -> {};

  /**
   * A runner for one job.
   *
   * @param given what comes with the job, by node, or by {@code node#index}
   * @param threads how many nodes may run at once, at least 1
   */
  Runner(
      Plan plan,
      Job job,
      Timing timing,
      String device,
      Map<String, Given> given,
      FilmPass film,
      int threads) {
    this.plan = plan;
    this.job = job;
    this.layout = new Layout(timing, plan.cues().isPresent());
    this.given = Map.copyOf(given);
    this.film = film;
    this.passing = new PassingValues(plan, results);
    Map<String, String> prints = new LinkedHashMap<>();
    given.forEach((id, one) -> prints.put(id, one.fingerprint));
    this.identities = new Identities(plan, layout, device, prints);
    plan.nodes().keySet().forEach(id -> order.put(id, (long) order.size()));
    this.threads =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "maestro graph");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Calls back with each value that can be kept, once it is there. */
  void watch(BiConsumer<Item, Values> callback) {
    watcher = callback;
  }

  /** How many values each node that people see will give. */
  Map<String, Integer> expected() {
    Map<String, Integer> values = new LinkedHashMap<>();
    plan.nodes()
        .forEach(
            (id, node) -> {
              if (shown(node)) {
                values.put(id, count(node));
              }
            });
    return values;
  }

  private boolean shown(Planned node) {
    return !node.given() && node.keepable();
  }

  /**
   * Makes the list of cues where a node gives one; how often nodes run is known from then on.
   *
   * @return whether that was not known before
   */
  boolean layOut() {
    if (layout.complete()) {
      return false;
    }
    Planned from = plan.cues().orElseThrow();
    layout.complete(from.id(), join(value(from.id(), 0)).values.one(Kinds.CUES));
    return true;
  }

  /** Takes the list of cues from the cache, if it is there, and makes nothing. */
  void layOutFromCache() {
    if (!layout.complete()) {
      Planned from = plan.cues().orElseThrow();
      job.find(item(from, 0))
          .ifPresent(values -> layout.complete(from.id(), values.one(Kinds.CUES)));
    }
  }

  /** How many values a node gives; none yet for one that runs once per cue, before these are. */
  int count(Planned node) {
    return layout.count(node.extent());
  }

  /** Fingerprint of a value. */
  String fingerprint(String id, int index) {
    return identities.of(id, index);
  }

  /**
   * Makes all values of all nodes, window after window. A window's value is forgotten when nothing
   * takes it any more, so that memory does not grow with the film.
   *
   * @param asked nodes whose values will be asked for afterwards
   * @throws MaestroException of whoever failed first
   */
  void runAll(Set<String> asked) {
    layOut();
    passing.allBut(asked);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    int most = plan.nodes().values().stream().mapToInt(this::count).max().orElse(0);
    for (int w = 0; w < most; w++) {
      for (Planned node : plan.nodes().values()) {
        if (shown(node) && w < count(node)) {
          all.add(value(node.id(), w).thenAccept(result -> {}));
        }
      }
    }
    join(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
  }

  /** The values of one kind that a node gives, in order; they are made when they are not there. */
  <T> List<T> values(Planned node, Kind<T> kind) {
    layOut();
    List<T> values = new ArrayList<>();
    for (int i = 0; i < count(node); i++) {
      join(value(node.id(), i)).values.find(kind).ifPresent(values::add);
    }
    return values;
  }

  /** Whether a node left one of its outputs empty: it had nothing to say, and only stands in. */
  boolean standsIn(Planned node) {
    Values values = join(value(node.id(), 0)).values;
    return node.node().outputs().stream().anyMatch(port -> values.port(port.name()).isEmpty());
  }

  /** The value of one kind of a node over the whole score. */
  <T> T whole(Planned node, Kind<T> kind) {
    return Inputs.join(kind, node.extent(), values(node, kind), layout);
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      Throwable cause = e;
      while (cause instanceof CompletionException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      if (cause instanceof RuntimeException known) {
        throw known;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(cause);
    }
  }

  private CompletableFuture<Result> value(String id, int index) {
    CompletableFuture<Result> fresh = new CompletableFuture<>();
    CompletableFuture<Result> there = results.putIfAbsent(id + "#" + index, fresh);
    if (there != null) {
      return there;
    }
    make(plan.nodes().get(id), index)
        .whenComplete(
            (result, failure) -> {
              if (failure == null) {
                fresh.complete(result);
                passing.made(id, index);
              } else {
                job.stop();
                fresh.completeExceptionally(failure);
              }
            });
    return fresh;
  }

  private CompletableFuture<Result> make(Planned node, int index) {
    Given one = given.getOrDefault(node.id() + "#" + index, given.get(node.id()));
    if (one != null) {
      return one.value instanceof Later later
          ? CompletableFuture.supplyAsync(() -> come(node, later), threads)
          : CompletableFuture.completedFuture(came(node, one.value, List.of()));
    }
    Item item = item(node, index);
    if (node.node() instanceof FilmNode) {
      return film.value(this, item, index);
    }
    return afterTheOneBefore(
        node,
        () -> {
          Optional<Values> kept = node.keepable() ? job.find(item) : Optional.empty();
          return kept.isPresent()
              ? CompletableFuture.completedFuture(found(item, kept.get()))
              : inputs(node, index).thenApplyAsync(in -> call(item, in, index), threads);
        });
  }

  private Result come(Planned node, Later later) {
    Job.Step step = job.quiet(node.id());
    Object value =
        later
            .value()
            .apply(
                StepContext.of(
                    step, job.device(), Optional.empty(), Values.none(), layout, Extent.FILM, 0));
    return came(node, value, step.said());
  }

  private static Result came(Planned node, Object value, List<String> said) {
    Port port = node.node().outputs().get(0);
    return new Result(
        value instanceof Values many ? many : Values.none().with(port.name(), "", value), said);
  }

  Item item(Planned node, int index) {
    int count = count(node);
    String one = node.extent().name().toLowerCase(Locale.ROOT);
    String label = node.id() + (count < 2 ? "" : ", " + one + " " + (index + 1) + " of " + count);
    return new Item(
        node, order.get(node.id()) << 32 | index, label, identities.of(node.id(), index));
  }

  Result found(Item item, Values values) {
    watcher.accept(item, values);
    return new Result(values, List.of());
  }

  /** Makes a value of a node when the one that was asked for before it is there, or has failed. */
  private CompletableFuture<Result> afterTheOneBefore(
      Planned node, Supplier<CompletableFuture<Result>> work) {
    CompletableFuture<Result> next = new CompletableFuture<>();
    CompletableFuture<?> before = last.put(node.id(), next);
    (before == null ? CompletableFuture.completedFuture(null) : before.exceptionally(e -> null))
        .thenComposeAsync(any -> work.get(), threads)
        .whenComplete(
            (result, failure) -> {
              if (failure == null) {
                next.complete(result);
              } else {
                next.completeExceptionally(failure);
              }
            });
    return next;
  }

  /** All inputs of a value, each cut or joined to the extent its port has. */
  CompletableFuture<Inputs> inputs(Planned node, int index) {
    return Inputs.of(node, index, layout, this::value);
  }

  private Result call(Item item, Inputs in, int index) {
    Planned node = item.node();
    boolean keepable = node.keepable();
    Job.Step step = keepable ? job.begin(item) : job.quiet(item.label());
    in.said().forEach(step::remark);
    Values values =
        PluginEdge.call(node, () -> node.node().run(in.values(), context(node, in, step, index)));
    if (keepable) {
      job.done(item, step, values);
      return found(item, values);
    }
    synchronized (opened) {
      node.node().outputs().stream()
          .flatMap(port -> values.port(port.name()).values().stream())
          .filter(AutoCloseable.class::isInstance)
          .forEach(value -> opened.add((AutoCloseable) value));
    }
    return new Result(values, step.said());
  }

  /** The context of one call of a node. */
  StepContext context(Planned node, Inputs in, Job.Step step, int index) {
    Optional<ModelPack> pack = plan.pack().map(all -> Weights.within(all, node.lease()));
    return StepContext.of(step, job.device(), pack, in.values(), layout, node.extent(), index);
  }

  Plan plan() {
    return plan;
  }

  Job job() {
    return job;
  }

  Timing timing() {
    return layout.timing();
  }

  Layout layout() {
    return layout;
  }

  ExecutorService threads() {
    return threads;
  }

  /** Waits for what is still under way, and closes what was opened. */
  @Override
  public void close() {
    threads.shutdown();
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
        LOG.warn("graph: still waiting for a plugin that does not stop");
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    for (int i = opened.size() - 1; i >= 0; i--) {
      try {
        opened.get(i).close();
      } catch (Exception e) {
        LOG.warn("graph: something cannot be closed ({})", e.toString());
      }
    }
  }
}
