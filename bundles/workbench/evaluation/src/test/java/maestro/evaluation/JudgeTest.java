package maestro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.metric.CorpusMetric;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Safetensors;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import maestro.graph.store.StageCache;
import maestro.runtime.command.Cancellation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTest {
  @TempDir Path folder;

  private final AtomicInteger decoded = new AtomicInteger();
  private final AtomicInteger listened = new AtomicInteger();
  private Metric metric = new Level();
  private final Queue<WeakReference<float[]>> sounds = new ConcurrentLinkedQueue<>();
  private Path generated;
  private Path reference;
  private Path controls;

  @BeforeEach
  void threeClips() throws Exception {
    generated = Files.createDirectories(folder.resolve("generated"));
    reference = Files.createDirectories(folder.resolve("reference"));
    controls = Files.createDirectories(folder.resolve("controls"));
    for (int k = 1; k <= 3; k++) {
      Files.createDirectories(generated.resolve("jazz"));
      Files.writeString(generated.resolve("jazz/" + k + ".wav"), "0." + k);
      Files.createDirectories(reference.resolve("jazz"));
      Files.writeString(reference.resolve("jazz/" + k + ".wav"), "0.5");
    }
    Files.createDirectories(controls.resolve("jazz"));
    Safetensors.write(
        controls.resolve("jazz/1.safetensors"),
        NamedTensors.of("dynamics", FloatTensor.of(new float[] {1, 2}, 2, 1)));
  }

  @Test
  void clipsAreMatchedByNameAndCut() {
    ItemSet items = new ItemSet(media(), generated, reference, controls, 10);
    assertThat(items.ids()).containsExactly("jazz/1", "jazz/2", "jazz/3");
    MetricItem item = items.load("jazz/1");
    assertThat(item.style()).contains("jazz");
    assertThat(item.generated().length()).isEqualTo(1_000);
    assertThat(item.controls().get("control.dynamics").frames()).isEqualTo(2);
    assertThat(items.load("jazz/2").controls()).isEmpty();
    assertThatThrownBy(() -> new ItemSet(media(), controls, null, null, 10))
        .hasMessageContaining("no sound in it");
  }

  @Test
  void nothingIsListenedToTwice() {
    ItemSet items = new ItemSet(media(), generated, reference, null, 10);
    try (Judge judge = judge(Map.of())) {
      Judge.Heard heard = judge.hear(items, (done, all) -> {});
      Figures.Figure level = judge.figures(heard, 100, 7).get("level");
      assertThat(level.measurement().value()).isCloseTo(0.2, within(1e-6));
      assertThat(level.low()).isBetween(0.09, 0.2);
      assertThat(judge.computed()).isEqualTo(3);
    }
    int before = decoded.get();
    try (Judge judge = judge(Map.of())) {
      judge.hear(items, (done, all) -> {});
      assertThat(judge.found()).isEqualTo(3);
      assertThat(judge.computed()).isZero();
    }
    assertThat(decoded).hasValue(before);
    try (Judge judge = judge(Map.of("scale", 2L))) {
      judge.hear(items, (done, all) -> {});
      assertThat(judge.computed()).as("another setting is another sample").isEqualTo(3);
    }
  }

  /** However many clips are judged, no sound is held but those at work. */
  @Test
  void memoryDoesNotGrowWithTheClips() throws Exception {
    for (int k = 0; k < 200; k++) {
      Files.writeString(generated.resolve("jazz/many" + k + ".wav"), "0." + (1_000 + k));
      Files.writeString(reference.resolve("jazz/many" + k + ".wav"), "0.5");
    }
    ItemSet items = new ItemSet(media(), generated, reference, null, 10);
    List<Integer> held = new ArrayList<>();
    try (Judge judge = judge(Map.of())) {
      judge.hear(
          items,
          (done, all) -> {
            if (done % 50 == 0) {
              // Not those that the workers load during and after the collection.
              List<WeakReference<float[]>> before = List.copyOf(sounds);
              System.gc();
              held.add((int) before.stream().filter(sound -> sound.get() != null).count());
            }
          });
      assertThat(judge.computed()).isEqualTo(203);
    }
    assertThat(sounds).hasSizeGreaterThanOrEqualTo(406);
    assertThat(held).hasSizeGreaterThanOrEqualTo(4).allMatch(count -> count <= 8);
  }

  @Test
  void aClipAMetricCannotUseIsLeftOutAndSaidSo() {
    ItemSet items = new ItemSet(media(), generated, null, null, 10);
    try (Judge judge = judge(Map.of())) {
      Judge.Heard heard = judge.hear(items, (done, all) -> {});
      Measurement level = judge.figures(heard, 10, 7).get("level").measurement();
      assertThat(level.value()).isNaN();
      assertThat(level.note())
          .isEqualTo(
              "no clips; 3 clips left out: jazz/1 (jazz/1: no reference), jazz/2 (jazz/2: no"
                  + " reference), jazz/3 (jazz/3: no reference)");
    }
  }

  @Test
  void aClipThatCannotBeReadIsNamedAndLeftOut() throws Exception {
    Files.writeString(generated.resolve("jazz/2.wav"), "broken");
    ItemSet items = new ItemSet(media(), generated, reference, null, 10);
    try (Judge judge = judge(Map.of())) {
      Judge.Heard heard = judge.hear(items, (done, all) -> {});
      Measurement level = judge.figures(heard, 10, 7).get("level").measurement();
      assertThat(level.value()).isCloseTo(0.2, within(1e-6));
      assertThat(level.count()).isEqualTo(2);
      assertThat(level.note()).isEqualTo("1 clip left out: jazz/2 (2.wav: no sound)");
    }
  }

  @Test
  void realMusicThatCannotBeReadIsNamedAndLeftOut() throws Exception {
    metric = new Corpus();
    Path music = Files.createDirectories(folder.resolve("music/satie"));
    Files.writeString(music.resolve("a.wav"), "0.25");
    Files.writeString(music.resolve("b.wav"), "broken");
    SingleRun context = run(new Cancellation());
    try (Judge judge =
        new Judge(registry(), cache(), context, Map.of("metric.level", Map.of()), false)) {
      Judge.Heard heard = judge.hear(beside(music), (done, all) -> {});
      assertThat(judge.figures(heard, 0, 7).get("level").measurement().value()).isEqualTo(0.25);
    }
    assertThat(context.remarks()).containsExactly("real music satie/b left out: b.wav: no sound");
  }

  /** Each piece of a corpus is listened to once; another piece is another corpus. */
  @Test
  void aCorpusIsKeptPieceByPiece() throws Exception {
    metric = new Corpus();
    Path music = Files.createDirectories(folder.resolve("music/satie"));
    Files.writeString(music.resolve("a.wav"), "0.25");
    Files.writeString(music.resolve("b.wav"), "0.125");
    List<Integer> steps = new ArrayList<>();
    try (Judge judge = judge(Map.of())) {
      Judge.Heard heard = judge.hear(beside(music), (done, all) -> steps.add(done));
      assertThat(judge.figures(heard, 0, 7).get("level").measurement().value()).isEqualTo(0.375);
      assertThat(heard.samples().get("metric.level").get(2).values().metadata())
          .containsEntry("pieces", "[satie/a, satie/b]");
    }
    assertThat(steps).containsExactly(1, 2, 3, 4, 5);
    assertThat(listened).hasValue(2);
    int before = decoded.get();
    try (Judge judge = judge(Map.of())) {
      judge.hear(beside(music), (done, all) -> {});
      assertThat(judge.found()).isEqualTo(3);
    }
    assertThat(decoded).hasValue(before);
    Files.writeString(music.resolve("c.wav"), "0.5");
    try (Judge judge = judge(Map.of())) {
      Judge.Heard heard = judge.hear(beside(music), (done, all) -> {});
      assertThat(judge.figures(heard, 0, 7).get("level").measurement().value()).isEqualTo(0.875);
      assertThat(judge.computed()).isEqualTo(3);
    }
    assertThat(listened).hasValue(3);
  }

  private ItemSet beside(Path music) {
    return new ItemSet(media(), generated, null, null, 10)
        .corpus(() -> ItemSet.sounds(music.getParent()));
  }

  @Test
  void aCancelledEvaluationStops() {
    Cancellation cancellation = new Cancellation();
    cancellation.request();
    ItemSet items = new ItemSet(media(), generated, reference, null, 10);
    try (Judge judge =
        new Judge(
            registry(), cache(), run(cancellation), Map.of("metric.level", Map.of()), false)) {
      assertThatThrownBy(() -> judge.hear(items, (done, all) -> {}))
          .isInstanceOfSatisfying(
              MaestroException.class,
              e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.CANCELLED));
    }
  }

  @Test
  void settingsAreReadByMetric() {
    assertThat(
            MetricsCommand.metrics(
                registry(),
                List.of("rhythm", "metric.fad"),
                List.of("rhythm.variant=d2m", "fad.extrapolate=true", "rhythm.delta=0.2")))
        .isEqualTo(
            Map.of(
                "metric.rhythm",
                Map.of("variant", "d2m", "delta", 0.2),
                "metric.fad",
                Map.of("extrapolate", true)));
    assertThatThrownBy(
            () -> MetricsCommand.metrics(registry(), List.of("fad"), List.of("rhythm.x=1")))
        .hasMessageContaining("metric.rhythm is not asked for");
  }

  private static SingleRun run(Cancellation cancellation) {
    return new SingleRun(
        "metrics",
        Device.CPU,
        new Noise(7),
        Optional.empty(),
        RunObserver.silent(cancellation::requested));
  }

  private Judge judge(Map<String, Object> settings) {
    return new Judge(
        registry(), cache(), run(new Cancellation()), Map.of("metric.level", settings), false);
  }

  private StageCache cache() {
    return new StageCache(folder.resolve("cache"), 1 << 20);
  }

  /**
   * A sound file of this test is a number: the level of 1,000 samples at 100 Hz, cut from 1,500.
   */
  private MediaReader media() {
    return new MediaReader() {
      @Override
      public FilmClip probe(Path film) {
        throw new AssertionError("no film is looked at");
      }

      @Override
      public void read(FilmClip clip, List<Subscription> subscriptions, RunContext run) {
        throw new AssertionError("no film is read");
      }

      @Override
      public Sound sound(Path file) {
        decoded.incrementAndGet();
        try {
          if (Files.readString(file).equals("broken")) {
            throw new MaestroException(
                MaestroException.Kind.INPUT,
                file.getFileName().toString(),
                "no sound",
                "check the file");
          }
          float[] samples = new float[1_500];
          java.util.Arrays.fill(samples, Float.parseFloat(Files.readString(file)));
          sounds.add(new WeakReference<>(samples));
          return Sound.mono(samples, 100);
        } catch (java.io.IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    };
  }

  private PluginRegistry registry() {
    return new PluginRegistry() {
      @Override
      public List<PluginDescription> plugins() {
        return List.of(describe(Metric.class, "metric.level"));
      }

      @Override
      public PluginDescription describe(Class<?> kind, String name) {
        return new PluginDescription(
            name,
            kind.getSimpleName(),
            new PluginDescription.Code("test", "1", "00", "00"),
            PluginDescription.Declaration.NONE,
            List.of());
      }

      @Override
      public <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings) {
        return new PluginLease<>() {
          @Override
          public T service() {
            return kind.cast(metric);
          }

          @Override
          public PluginDescription plugin() {
            return describe(kind, name);
          }

          @Override
          public Map<String, Object> settings() {
            return settings;
          }

          @Override
          public String identity() {
            return name + settings;
          }

          @Override
          public List<PluginDescription> uses() {
            return List.of();
          }

          @Override
          public void close() {}
        };
      }

      @Override
      public String code(Class<?> type) {
        return "00";
      }

      @Override
      public void check(Class<?> kind, String name, Map<String, Object> settings) {}
    };
  }

  /** Sum of the levels of the corpus. */
  private final class Corpus extends Level implements CorpusMetric {
    @Override
    public NamedTensors listen(Sound piece, RunContext run) {
      listened.incrementAndGet();
      return NamedTensors.of("level", FloatTensor.of(new float[] {piece.channels()[0][0]}, 1));
    }

    @Override
    public NamedTensors sample(MetricItem item, RunContext run) {
      float sum = 0;
      List<String> names = new ArrayList<>();
      for (MetricSample piece : item.corpus()) {
        sum += piece.values().get("level").values()[0];
        names.add(piece.id());
      }
      return new NamedTensors(
          Map.of("level", FloatTensor.of(new float[] {sum}, 1)),
          Map.of("pieces", names.toString()));
    }
  }

  /** Mean level of clips that have a reference. */
  private static class Level implements Metric {
    private static final Measure LEVEL = new Measure("level", "", Measure.Direction.HIGHER);

    @Override
    public List<Measure> measures() {
      return List.of(LEVEL);
    }

    @Override
    public NamedTensors sample(MetricItem item, RunContext run) {
      if (item.reference().isEmpty()) {
        throw new MaestroException(
            MaestroException.Kind.INPUT, item.id(), "no reference", "give one");
      }
      return NamedTensors.of(
          "level", FloatTensor.of(new float[] {item.generated().channels()[0][0]}, 1));
    }

    @Override
    public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
      double mean =
          samples.stream()
              .mapToDouble(s -> s.values().get("level").values()[0])
              .average()
              .orElse(Double.NaN);
      return List.of(
          new Measurement(LEVEL, mean, samples.size(), samples.isEmpty() ? "no clips" : ""));
    }
  }
}
