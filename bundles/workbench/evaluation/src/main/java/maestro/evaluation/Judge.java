package maestro.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.metric.CorpusMetric;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.tensor.NamedTensors;
import maestro.files.Sha256;
import maestro.graph.run.SingleRun;
import maestro.graph.store.StageCache;
import maestro.graph.store.Weights;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples the items of methods with a set of metrics, and makes figures of the samples. Samples are
 * kept in the stage cache under a digest of the item, the metric, its settings and its weights, so
 * that nothing is listened to twice and a killed evaluation goes on where it was. Holds its metrics
 * until closed.
 */
public final class Judge implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Judge.class);
  private static final int SAMPLE_VERSION = 2;
  private static final int MOST_NAMED = 5;

  private final PluginRegistry registry;
  private final Map<String, PluginLease<Metric>> metrics = new LinkedHashMap<>();
  private final boolean lenient;
  private final StageCache cache;
  private final SingleRun context;
  private int computed;
  private int found;

  /**
   * Takes the metrics.
   *
   * @param settings by name of metric ({@code metric.fad}), in the order of the table
   * @param lenient whether a metric that lacks weights or a bundle is left out with a remark
   *     instead of ending it all
   */
  Judge(
      PluginRegistry registry,
      StageCache cache,
      SingleRun context,
      Map<String, Map<String, Object>> settings,
      boolean lenient) {
    this.registry = registry;
    this.lenient = lenient;
    this.cache = cache;
    this.context = context;
    try {
      settings.forEach(this::lease);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void lease(String name, Map<String, Object> settings) {
    try {
      metrics.put(name, registry.lease(Metric.class, name, settings));
    } catch (MaestroException e) {
      if (!lenient || e.kind() != MaestroException.Kind.CONFIGURATION) {
        throw e;
      }
      context.remark(name + " left out: " + e.getMessage());
    }
  }

  /**
   * What the metrics kept of one method.
   *
   * @param samples by metric, in the order of the ids
   * @param leftOut by metric, the items it could not use and why
   */
  public record Heard(
      Map<String, List<MetricSample>> samples, Map<String, Map<String, String>> leftOut) {}

  /** What all metrics measure, in the table's order. */
  public List<Measure> measures() {
    return metrics.values().stream().flatMap(lease -> lease.service().measures().stream()).toList();
  }

  /** How many samples were made, not found in the cache. */
  public synchronized int computed() {
    return computed;
  }

  /** How many samples were found in the cache. */
  public synchronized int found() {
    return found;
  }

  /**
   * Listens to a method.
   *
   * @param items its clips
   * @param progress told after each item, or piece of its corpus, how many are done, and how many
   *     there are
   */
  public Heard hear(ItemSet items, BiConsumer<Integer, Integer> progress) {
    List<String> ids = items.ids();
    ExecutorService workers =
        Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors()));
    List<Future<?>> corpus = new ArrayList<>();
    Set<String> unusable = ConcurrentHashMap.newKeySet();
    List<Future<Map<String, Object>>> pending = new ArrayList<>();
    try {
      for (PluginLease<Metric> metric : metrics.values()) {
        if (metric.service() instanceof CorpusMetric) {
          items
              .pieces()
              .forEach(
                  one -> corpus.add(workers.submit(() -> listen(metric, items, one, unusable))));
        }
      }
      int total = corpus.size() + ids.size();
      for (int i = 0; i < corpus.size(); i++) {
        corpus.get(i).get();
        progress.accept(i + 1, total);
      }
      unusable.forEach(items::withoutPiece);
      for (String id : ids) {
        pending.add(workers.submit(() -> hear(items, id)));
      }
      Map<String, List<MetricSample>> samples = new LinkedHashMap<>();
      Map<String, Map<String, String>> leftOut = new TreeMap<>();
      metrics.keySet().forEach(name -> samples.put(name, new ArrayList<>()));
      for (int i = 0; i < ids.size(); i++) {
        String id = ids.get(i);
        pending
            .get(i)
            .get()
            .forEach(
                (name, result) -> {
                  if (result instanceof NamedTensors values) {
                    samples.get(name).add(new MetricSample(id, ItemSet.style(id), values));
                  } else {
                    leftOut
                        .computeIfAbsent(name, unused -> new TreeMap<>())
                        .put(id, (String) result);
                  }
                });
        progress.accept(corpus.size() + i + 1, total);
      }
      return new Heard(samples, leftOut);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MaestroException(
          MaestroException.Kind.CANCELLED,
          "evaluation",
          "interrupted",
          "start it again to continue",
          e);
    } finally {
      corpus.forEach(one -> one.cancel(false));
      pending.forEach(one -> one.cancel(false));
      finish(workers);
    }
  }

  /** Waits for what is under way: it still uses its metric, and its sample is worth keeping. */
  private static void finish(ExecutorService workers) {
    workers.shutdown();
    try {
      while (!workers.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.info("evaluation: waiting for the samples under way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Samples by metric; a sentence instead where the metric cannot use the item. */
  private Map<String, Object> hear(ItemSet items, String id) {
    Map<String, Object> results = new LinkedHashMap<>();
    MetricItem item = null;
    for (Map.Entry<String, PluginLease<Metric>> metric : metrics.entrySet()) {
      context.checkCancelled();
      String key = key(metric.getValue(), digest(metric.getValue(), items, id));
      NamedTensors kept = cache.find(key).orElse(null);
      if (kept != null) {
        synchronized (this) {
          found++;
        }
        results.put(metric.getKey(), kept);
        continue;
      }
      try {
        if (item == null) {
          item = items.load(id);
        }
        NamedTensors values =
            metric
                .getValue()
                .service()
                .sample(besideCorpus(metric.getValue(), items, item), context);
        cache.keep(key, values);
        synchronized (this) {
          computed++;
        }
        results.put(metric.getKey(), values);
      } catch (MaestroException e) {
        boolean leaveOut =
            e.kind() == MaestroException.Kind.INPUT
                || lenient && e.kind() == MaestroException.Kind.CONFIGURATION;
        if (!leaveOut) {
          throw e;
        }
        results.put(metric.getKey(), e.part() + ": " + e.reason());
      }
    }
    return results;
  }

  /** What a sample depends on beside the metric: the item, and the corpus where it has one. */
  private static String digest(PluginLease<Metric> metric, ItemSet items, String id) {
    return metric.service() instanceof CorpusMetric
        ? items.digest(id)
            + items.pieces().stream()
                .map(piece -> "\n" + piece + " " + items.pieceDigest(piece))
                .collect(Collectors.joining())
        : items.digest(id);
  }

  private MetricItem besideCorpus(PluginLease<Metric> metric, ItemSet items, MetricItem item) {
    if (!(metric.service() instanceof CorpusMetric)) {
      return item;
    }
    Iterable<MetricSample> corpus =
        () ->
            items.pieces().stream()
                .map(one -> new MetricSample(one, Optional.empty(), piece(metric, items, one)))
                .iterator();
    return new MetricItem(
        item.id(),
        item.generated(),
        item.reference(),
        item.controls(),
        item.style(),
        item.film(),
        corpus);
  }

  /**
   * Listens to a piece of the corpus; one that cannot be used is remarked and added to the rest.
   */
  private void listen(
      PluginLease<Metric> metric, ItemSet items, String piece, Set<String> unusable) {
    try {
      piece(metric, items, piece);
    } catch (MaestroException e) {
      if (e.kind() != MaestroException.Kind.INPUT) {
        throw e;
      }
      context.remark("real music " + piece + " left out: " + e.part() + ": " + e.reason());
      unusable.add(piece);
    }
  }

  /** What a metric keeps of a piece of the corpus. */
  private NamedTensors piece(PluginLease<Metric> metric, ItemSet items, String piece) {
    context.checkCancelled();
    String key = key(metric, "piece " + items.pieceDigest(piece));
    return cache
        .find(key)
        .orElseGet(
            () -> {
              CorpusMetric listener = (CorpusMetric) metric.service();
              NamedTensors kept = listener.listen(items.piece(piece), context);
              cache.keep(key, kept);
              return kept;
            });
  }

  private String key(PluginLease<Metric> metric, String item) {
    StringBuilder text = new StringBuilder("sample ").append(SAMPLE_VERSION);
    text.append('\n').append(metric.identity());
    context.pack().ifPresent(pack -> text.append('\n').append(Weights.identity(pack, metric)));
    return Sha256.of(text.append('\n').append(item).toString());
  }

  /** Figures of one method with their intervals, by name of measure. */
  public Map<String, Figures.Figure> figures(Heard heard, int draws, long seed) {
    Map<String, Figures.Figure> figures = new LinkedHashMap<>();
    metrics.forEach(
        (name, lease) -> {
          String missing = leftOut(heard, name);
          for (Figures.Figure figure :
              Figures.of(heard.samples().get(name), summary(name), draws, seed)) {
            Measurement m = figure.measurement();
            String note =
                m.note().isBlank()
                    ? missing
                    : missing.isEmpty() ? m.note() : m.note() + "; " + missing;
            figures.put(
                m.measure().name(),
                new Figures.Figure(
                    new Measurement(m.measure(), m.value(), m.count(), note),
                    figure.low(),
                    figure.high()));
          }
        });
    return figures;
  }

  /** How sure two methods differ, by name of measure; not corrected for the number of tests. */
  Map<String, PairedTests.Test> compare(Heard first, Heard second, int draws, long seed) {
    Map<String, PairedTests.Test> tests = new LinkedHashMap<>();
    metrics
        .keySet()
        .forEach(
            name ->
                tests.putAll(
                    Figures.compare(
                        first.samples().get(name),
                        second.samples().get(name),
                        summary(name),
                        draws,
                        seed)));
    return tests;
  }

  private Function<List<MetricSample>, List<Measurement>> summary(String metric) {
    return samples -> {
      context.checkCancelled();
      return metrics.get(metric).service().summarise(samples, context);
    };
  }

  private static String leftOut(Heard heard, String metric) {
    Map<String, String> missing = heard.leftOut().getOrDefault(metric, Map.of());
    if (missing.isEmpty()) {
      return "";
    }
    int more = missing.size() - MOST_NAMED;
    return missing.size()
        + (missing.size() == 1 ? " clip" : " clips")
        + " left out: "
        + missing.entrySet().stream()
            .limit(MOST_NAMED)
            .map(clip -> clip.getKey() + " (" + clip.getValue() + ")")
            .collect(Collectors.joining(", "))
        + (more > 0 ? ", and " + more + " more" : "");
  }

  @Override
  public void close() {
    metrics.values().forEach(PluginLease::close);
  }
}
