package maestro.graph.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmFeature;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.latent.Sampler;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.files.Folders;
import maestro.files.Sha256;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.ResolvedRecipe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GenerationGraphTest {
  @TempDir Path folder;
  private final FakePlugins plugins = new FakePlugins();
  private final FakeMedia media = new FakeMedia();
  private FakeRegistry registry;
  private Path film;
  private Path style;

  @BeforeEach
  void makeFilm() throws IOException {
    registry = plugins.registry();
    film = FakeMedia.film(folder, "clip.mp4", 1.5);
    style = FakeMedia.film(folder, "style.ogg", 0.25);
  }

  private GenerationGraph graph() {
    return graph(1 << 24);
  }

  private GenerationGraph graph(long cacheBytes) {
    return new GenerationGraph(
        registry,
        null,
        FakePlugins.roles(),
        media,
        media,
        folder.resolve("home"),
        cacheBytes,
        "test");
  }

  private ScoreResult score(String extra) {
    return graph().score(request(extra, Optional.empty()), RunObserver.NOBODY);
  }

  private ScoreRequest request(String extra, Optional<Path> output) {
    return new ScoreRequest(FakePlugins.recipe(extra), film, Optional.empty(), output);
  }

  private static String withLevel() {
    return "\"bundles\": [{\"id\": \"control.level\"}]";
  }

  @Test
  void aScoreIsAsLongAsTheFilmAndItsWindowsOverlap() {
    ScoreResult result = score("");
    assertThat(result.score().sound().length()).isEqualTo(24_000);
    assertThat(result.windows()).isEqualTo(3);
    assertThat(media.passes).hasValue(1);
    assertThat(plugins.encoded).hasValue(6);
    assertThat(plugins.opened).hasValue(2);
    assertThat(plugins.closed).hasValue(2);
    assertThat(registry.open).hasValue(0);
    assertThat(result.remarks()).containsExactly("light seen", "denoiser.echo is a toy");
    assertThat(result.shapedBy().get("encoder.light")).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void everyFrameIsSeenByExactlyOneWindow() {
    score("");
    assertThat(media.frames).hasValue(15 + 2);
  }

  @Test
  void theSameRunAgainComputesNothingAndSaysTheSame() {
    ScoreResult first = score("");
    ScoreResult second = score("");
    assertThat(second.computed()).isZero();
    assertThat(second.stages()).isEqualTo(first.stages());
    assertThat(second.score().sound().channels()[0])
        .containsExactly(first.score().sound().channels()[0]);
    assertThat(second.score().provenance()).isEqualTo(first.score().provenance());
    assertThat(media.passes).hasValue(1);
    assertThat(plugins.opened).hasValue(2);
  }

  @Test
  void anotherSeedDoesNotLookAtTheFilmAgain() {
    float[] seven = score("").score().sound().channels()[0];
    float[] eight = score(", \"seed\": 8").score().sound().channels()[0];
    assertThat(eight).isNotEqualTo(seven);
    assertThat(media.passes).hasValue(1);
    assertThat(plugins.encoded).hasValue(6);
    assertThat(plugins.opened).hasValue(4);
  }

  @Test
  void anotherControlDoesNotLookAtTheFilmAgain() {
    ResolvedRecipe recipe =
        FakePlugins.recipe("").changedBy(Recipe.parse("with level", "{" + withLevel() + "}"));
    ScoreRequest quiet = new ScoreRequest(recipe, film, Optional.of(style), Optional.empty());
    float[] first = graph().score(quiet, RunObserver.NOBODY).score().sound().channels()[0];
    Path loud = folder.resolve("loud.ogg");
    write(loud, "0.75");
    float[] second =
        graph()
            .score(
                new ScoreRequest(recipe, film, Optional.of(loud), Optional.empty()),
                RunObserver.NOBODY)
            .score()
            .sound()
            .channels()[0];
    assertThat(second).isNotEqualTo(first);
    assertThat(plugins.extracted).hasValue(2);
    assertThat(media.passes).hasValue(1);
  }

  @Test
  void eachThingThatShapesAStageChangesItsKey() {
    score("");
    int before = plugins.predicted.get();
    score(", \"guidanceScale\": 3");
    assertThat(plugins.predicted.get()).isGreaterThan(before);

    registry.with(
        Sampler.class, "sampler.steps", "another build", List.of(), s -> new FakePlugins.Steps(5));
    assertThat(score("").computed()).isEqualTo(9); // 3 windows of latent, mel and sound
    registry.with(VisualEncoder.class, "encoder.light", "another build", plugins.new Light(10));
    assertThat(score("").computed()).isEqualTo(15); // and of feature and condition
    assertThat(media.passes).hasValue(2);
    assertThat(plugins.encoded).hasValue(9);
  }

  @Test
  void anotherFilmIsLookedAt() throws IOException {
    score("");
    film = FakeMedia.film(folder, "other.mp4", 1.4);
    score("");
    assertThat(media.passes).hasValue(2);
  }

  @Test
  void aDamagedResultInTheCacheIsComputedAgain() throws IOException {
    float[] before = score("").score().sound().channels()[0];
    List<Path> files;
    try (Stream<Path> content = Files.walk(folder.resolve("home/cache/stages"))) {
      files = content.filter(Files::isRegularFile).sorted().toList();
    }
    assertThat(files).hasSize(18);
    for (int i = 0; i < files.size(); i++) {
      damage(files.get(i), i);
    }
    ScoreResult again = score("");
    assertThat(again.computed()).isEqualTo(18);
    assertThat(again.score().sound().channels()[0]).containsExactly(before);
    assertThat(score("").computed()).isZero();
  }

  @Test
  void anEntryThatStandsForAnotherIsNotTaken() throws IOException {
    float[] before = score("").score().sound().channels()[0];
    List<Path> files;
    try (Stream<Path> content = Files.walk(folder.resolve("home/cache/stages"))) {
      files = content.filter(Files::isRegularFile).filter(f -> f.toFile().length() > 600).toList();
    }
    byte[] first = Files.readAllBytes(files.get(0));
    for (int i = 0; i + 1 < files.size(); i++) {
      Files.write(files.get(i), Files.readAllBytes(files.get(i + 1)));
    }
    Files.write(files.get(files.size() - 1), first);
    ScoreResult again = score("");
    assertThat(again.computed()).isEqualTo(files.size());
    assertThat(again.score().sound().channels()[0]).containsExactly(before);
  }

  @Test
  void aPluginThatBreaksItsPromiseIsNamedWithItsBundle() {
    Map<String, java.util.function.Supplier<FilmFeature>> faults =
        Map.of(
            "it failed with IllegalStateException: boom",
            () -> {
              throw new IllegalStateException("boom");
            },
            "it failed with NullPointerException",
            () -> null,
            "its feature has 3 values where 2 were promised",
            () -> FilmFeature.of(1, 2, 3),
            "it failed with IllegalArgumentException: film feature: value 1 is NaN",
            () -> FilmFeature.of(1, Float.NaN),
            "it needs more memory than there is",
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });
    faults.forEach(
        (message, fault) -> {
          registry.with(
              VisualEncoder.class,
              "encoder.light",
              message,
              new FakePlugins.Blind() {
                @Override
                public FilmFeature encode(
                    maestro.api.film.FilmClip clip,
                    maestro.api.film.FrameSource frames,
                    maestro.api.run.RunContext run) {
                  return fault.get();
                }
              });
          assertThatThrownBy(() -> score(""))
              .isInstanceOfSatisfying(
                  MaestroException.class,
                  e -> assertThat(e.kind()).isIn(Kind.CONFIGURATION, Kind.RESOURCE))
              .hasMessageStartingWith("encoder.light")
              .hasMessageContaining(message);
          assertThat(registry.open).hasValue(0);
        });
  }

  @Test
  void aCurveGivenAsAFileSteersWhereItIsSpecified() throws IOException {
    ResolvedRecipe steered =
        FakePlugins.recipe("").changedBy(Recipe.parse("t", "{" + withLevel() + "}"));
    Path curve = folder.resolve("level.safetensors");
    float[] values = new float[150];
    Arrays.fill(values, 0.5f);
    maestro.checkpoint.Safetensors.write(
        curve,
        maestro.api.tensor.NamedTensors.of(
            "level", maestro.api.tensor.FloatTensor.of(values, 150, 1)));
    ScoreRequest request =
        new ScoreRequest(steered, film, Optional.empty(), Optional.empty())
            .withCurves(Map.of("control.level", curve));
    ScoreResult result = graph().score(request, RunObserver.NOBODY);
    assertThat(plugins.extracted).hasValue(0);
    assertThat(result.remarks())
        .anyMatch(remark -> remark.startsWith("control.level is given for"));
    assertThat(result.score().provenance().manifest()).contains("level.safetensors");
    assertThat(result.score().sound().channels()[0])
        .isNotEqualTo(score("").score().sound().channels()[0]);
    assertThat(graph().score(request, RunObserver.NOBODY).computed()).isZero();
  }

  private static void damage(Path file, int how) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    switch (how % 3) {
      case 0 -> bytes[bytes.length - 1] ^= 1;
      case 1 -> bytes = Arrays.copyOf(bytes, bytes.length / 2);
      default -> bytes = new byte[0];
    }
    Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
  }

  @Test
  void theCacheStaysBelowItsLimit() {
    GenerationGraph graph = graph(40_000);
    for (int seed = 0; seed < 5; seed++) {
      graph.score(request(", \"seed\": " + seed, Optional.empty()), RunObserver.NOBODY);
      assertThat(graph.cache().bytes()).isLessThanOrEqualTo(40_000);
    }
  }

  @Test
  void withoutACacheTheResultIsTheSame() {
    float[] kept = score("").score().sound().channels()[0];
    GenerationGraph none =
        new GenerationGraph(
            registry, null, FakePlugins.roles(), media, media, folder.resolve("other"), 0, "test");
    assertThat(
            none.score(request("", Optional.empty()), RunObserver.NOBODY)
                .score()
                .sound()
                .channels()[0])
        .containsExactly(kept);
  }

  @Test
  void writesTheResultUnderItsNameAndNothingElse() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out")).resolve("score.wav");
    graph().score(request("", Optional.of(out)), RunObserver.NOBODY);
    assertThat(content(out.getParent())).containsExactly("score.wav");
    String manifest = media.provenance(out).manifest();
    assertThat(manifest)
        .contains("\"name\":\"clip.mp4\"", "\"seed\":7", "encoder.light", "denoiser.echo is a toy");
    assertThat(manifest).doesNotContain(folder.toString());
  }

  @Test
  void aResultIsItsOwnRecipe() {
    Path out = folder.resolve("score.mp4");
    graph().score(request(", \"seed\": 11", Optional.of(out)), RunObserver.NOBODY);
    Manifest manifest = Manifest.read("score.mp4", media.provenance(out));
    assertThat(manifest.recipe()).isEqualTo(FakePlugins.recipe(", \"seed\": 11"));
    assertThat(manifest.film()).isEqualTo(new Manifest.Source("clip.mp4", Sha256.of(film)));
    Path again = folder.resolve("again.mp4");
    graph(0)
        .score(
            new ScoreRequest(manifest.recipe(), film, Optional.empty(), Optional.of(again)),
            RunObserver.NOBODY);
    assertThat(again).hasSameBinaryContentAs(out);
  }

  @Test
  void withoutItsCacheAGraphComputesEverythingAgain() {
    float[] kept = score("").score().sound().channels()[0];
    ScoreResult again = graph().uncached().score(request("", Optional.empty()), RunObserver.NOBODY);
    assertThat(again.computed()).isEqualTo(again.stages());
    assertThat(again.score().sound().channels()[0]).containsExactly(kept);
  }

  @Test
  void cancelWorksWithinOneStepAndLeavesNothingOpen() throws IOException {
    Path out = folder.resolve("score.wav");
    AtomicBoolean cancel = new AtomicBoolean();
    List<StageEvent> after = new ArrayList<>();
    RunObserver observer =
        new RunObserver() {
          @Override
          public void on(StageEvent event) {
            if (cancel.get()) {
              after.add(event);
            }
            cancel.compareAndSet(false, event.stage().startsWith("sampler") && event.done() == 2);
          }

          @Override
          public boolean cancelled() {
            return cancel.get();
          }
        };
    assertThatThrownBy(() -> graph().score(request("", Optional.of(out)), observer))
        .isInstanceOfSatisfying(
            MaestroException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
    assertThat(after).isEmpty();
    assertThat(plugins.predicted).hasValue(2);
    assertThat(registry.open).hasValue(0);
    assertThat(plugins.closed).hasValue(plugins.opened.get());
    assertThat(out).doesNotExist();
    assertThat(hidden(folder)).isEmpty();
    assertThat(score("").stages()).isEqualTo(18);
    assertThat(media.passes).hasValue(1);
  }

  @Test
  void reportsEveryStepWithTheTimeThatIsLeftOfTheJob() {
    List<StageEvent> events = Collections.synchronizedList(new ArrayList<>());
    GenerationGraph graph = graph().uncached();
    graph.score(request("", Optional.empty()), RunObserver.NOBODY); // how long each part takes
    graph.score(request("", Optional.empty()), events::add);
    assertThat(
            events.stream()
                .filter(e -> e.stage().equals("sampler.steps, window 2 of 3"))
                .map(StageEvent::done))
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 1L);
    assertThat(events)
        .filteredOn(e -> e.state() == StageEvent.State.STEP && e.total() > 0)
        .allMatch(e -> e.remaining().isPresent());
    assertThat(events).allMatch(e -> e.number() >= 1 && e.number() <= e.count() && e.count() == 18);
  }

  @Test
  void whenTheOutputCannotBeWrittenNothingIsLeft() throws IOException {
    Path out = folder.resolve("score.wav");
    FakeMedia full =
        new FakeMedia() {
          @Override
          public void wav(
              Path file, maestro.api.sound.Sound sound, maestro.api.run.Provenance provenance) {
            write(file, "half");
            throw new MaestroException(
                Kind.RESOURCE, "score.wav", "the disk is full", "free some space");
          }
        };
    GenerationGraph graph =
        new GenerationGraph(
            registry,
            null,
            FakePlugins.roles(),
            media,
            full,
            folder.resolve("home"),
            1 << 24,
            "test");
    assertThatThrownBy(() -> graph.score(request("", Optional.of(out)), RunObserver.NOBODY))
        .hasMessage("score.wav: the disk is full; free some space");
    assertThat(out).doesNotExist();
    assertThat(hidden(folder)).isEmpty();
    assertThat(registry.open).hasValue(0);
  }

  @Test
  void aHomeThatCannotBeWrittenDoesNotStopARun() throws IOException {
    Path home = folder.resolve("home-is-a-file");
    write(home, "");
    GenerationGraph graph =
        new GenerationGraph(
            registry, null, FakePlugins.roles(), media, media, home, 1 << 24, "test");
    Path out = folder.resolve("score.wav");
    graph.score(request("", Optional.of(out)), RunObserver.NOBODY);
    assertThat(out).isRegularFile();
    assertThat(hidden(folder)).isEmpty();
  }

  @Test
  void anOptionalEncoderThatTurnsOutBlindIsLeftOutAndSaidSo() {
    registry.with(VisualEncoder.class, "encoder.blind", "d9", new FakePlugins.Blind());
    ScoreResult result =
        graph()
            .score(
                new ScoreRequest(
                    FakePlugins.recipe("")
                        .changedBy(
                            Recipe.parse(
                                "t",
                                "{\"bundles\": [{\"id\": \"encoder.blind\", \"optional\": true}]}")),
                    film,
                    Optional.empty(),
                    Optional.empty()),
                RunObserver.NOBODY);
    assertThat(result.remarks())
        .contains("encoder.blind left out: encoder.blind: no weights; fetch them");
    assertThat(result.shapedBy()).containsOnlyKeys("encoder.light", "encoder.slow-light");
  }

  @Test
  void aPluginThatIsSwitchedOffIsLeftOutWhereTheRecipeCanLiveWithoutIt() {
    registry.off("encoder.slow-light");
    ScoreResult result = score("");
    assertThat(result.remarks())
        .anyMatch(remark -> remark.startsWith("encoder.slow-light left out: it is switched off"));
    assertThat(result.shapedBy()).containsOnlyKeys("encoder.light");
    registry.off("encoder.mean");
    assertThatThrownBy(() -> score(""))
        .hasMessageContaining("denoiser.echo: it needs a condition")
        .hasMessageContaining("encoder.mean: it is not installed");
  }

  @Test
  void featuresAreThoseOfTheWholeFilmInOnePass() {
    Map<String, FilmFeature> features =
        graph().features(FakePlugins.recipe(""), film, RunObserver.NOBODY).features();
    assertThat(features).containsOnlyKeys("encoder.light", "encoder.slow-light");
    assertThat(features.get("encoder.light").vector()[1]).isEqualTo(15);
    assertThat(features.get("encoder.light").timeLine().orElseThrow().rows()).isEqualTo(15);
    assertThat(media.passes).hasValue(1);
    graph().features(FakePlugins.recipe(""), film, RunObserver.NOBODY);
    assertThat(media.passes).hasValue(1);
  }

  @Test
  void aPieceOfAFilmIsSeenAsByARunThatBeginsThere() {
    List<FilmFeatures> pieces =
        graph()
            .features(
                FakePlugins.recipe(""),
                film,
                List.of(new Span(0.5, 0.9), new Span(0.2, 0.7)), // in any order, and overlapping
                RunObserver.NOBODY);
    assertThat(pieces).hasSize(2);
    ResolvedRecipe alone = FakePlugins.recipe(", \"startSeconds\": 0.2, \"durationSeconds\": 0.5");
    FilmFeatures expected = graph().uncached().features(alone, film, RunObserver.NOBODY);
    assertThat(pieces.get(1).fingerprints()).isEqualTo(expected.fingerprints());
    assertThat(pieces.get(1).features().get("encoder.light").vector())
        .isEqualTo(expected.features().get("encoder.light").vector())
        .isNotEqualTo(pieces.get(0).features().get("encoder.light").vector());
  }

  @Test
  void refusesAnOutputItCannotMake() {
    Map<String, String> refusals =
        Map.of(
            "score.txt", "score.txt: cannot tell what to write from its ending",
            "nowhere/score.wav", "score.wav: there is no folder",
            "clip.mp4", "clip.mp4: it would overwrite its own source");
    refusals.forEach(
        (name, message) ->
            assertThatThrownBy(
                    () ->
                        graph()
                            .score(
                                request("", Optional.of(folder.resolve(name))), RunObserver.NOBODY))
                .hasMessageStartingWith(message));
    assertThat(media.passes).hasValue(0);
  }

  @Test
  void controlsAndStyleBelongTogether() {
    ResolvedRecipe steered =
        FakePlugins.recipe("").changedBy(Recipe.parse("t", "{" + withLevel() + "}"));
    ScoreResult without =
        graph()
            .score(
                new ScoreRequest(steered, film, Optional.empty(), Optional.empty()),
                RunObserver.NOBODY);
    assertThat(without.remarks())
        .contains(
            "control.level takes no part: there is no style piece for it to hear and, as it is set,"
                + " it does not follow the film");
    assertThat(without.score().sound().channels()[0])
        .containsExactly(score("").score().sound().channels()[0]);
    assertThatThrownBy(
            () ->
                graph()
                    .score(
                        new ScoreRequest(
                            FakePlugins.recipe(""), film, Optional.of(style), Optional.empty()),
                        RunObserver.NOBODY))
        .hasMessageContaining("no style control");
  }

  @Test
  void withoutAStyleAControlMayBeDrawnFromTheFilm() {
    String drawn = ", \"bundles\": [{\"id\": \"control.drawn\"}]";
    ResolvedRecipe steered =
        FakePlugins.recipe("").changedBy(Recipe.parse("t", "{" + drawn.substring(2) + "}"));
    ScoreRequest silent = new ScoreRequest(steered, film, Optional.empty(), Optional.empty());
    ScoreResult first = graph().score(silent, RunObserver.NOBODY);
    assertThat(first.windows()).isEqualTo(3);
    assertThat(first.remarks()).contains("control.drawn follows the film");
    assertThat(plugins.extracted).hasValue(0);
    // One line for the whole film, from those of three windows that do not begin on its rows.
    TimeLine line = plugins.drawnFrom;
    assertThat(line.stepSeconds()).isEqualTo(0.1);
    assertThat(line.rows()).isEqualTo(15);
    for (int row = 0; row < line.rows(); row++) {
      assertThat(line.at(row, 0)).isCloseTo(100 * row / 15f, within(100 / 15f));
    }
    assertThat(first.score().sound().channels()[0])
        .isNotEqualTo(score("").score().sound().channels()[0]);

    plugins.drawnFrom = null;
    assertThat(graph().score(silent, RunObserver.NOBODY).computed()).isZero();
    assertThat(plugins.drawnFrom).isNull(); // kept
    graph()
        .score(
            new ScoreRequest(steered, film, Optional.of(style), Optional.empty()),
            RunObserver.NOBODY);
    assertThat(plugins.extracted).hasValue(1); // a style piece goes first
    assertThat(plugins.drawnFrom).isNull();
  }

  @Test
  void aRunThatGoesOnSeesTheFramesOfAnUndisturbedOne() throws IOException {
    film =
        FakeMedia.film(folder, "long.mp4", 3); // six windows, which 1 frame a second does not fit
    float[] undisturbed =
        graph()
            .uncached()
            .score(request("", Optional.empty()), RunObserver.NOBODY)
            .score()
            .sound()
            .channels()[0];
    for (int stop = 1; stop <= 6; stop++) {
      Folders.delete(folder.resolve("home/cache/stages"));
      int last = stop;
      AtomicInteger begun = new AtomicInteger();
      RunObserver impatient =
          new RunObserver() {
            @Override
            public void on(StageEvent event) {
              if (event.stage().startsWith("encoder.slow-light")
                  && event.state() == StageEvent.State.BEGUN) {
                begun.incrementAndGet();
              }
            }

            @Override
            public boolean cancelled() {
              return begun.get() >= last;
            }
          };
      assertThatThrownBy(() -> graph().score(request("", Optional.empty()), impatient))
          .isInstanceOf(MaestroException.class);
      assertThat(score("").score().sound().channels()[0])
          .as("stop %d", stop)
          .isEqualTo(undisturbed);
    }
  }

  @Test
  void reconstructsMusicOfAnyLength() {
    float[] frames = new float[150]; // windows have 64
    for (int t = 0; t < frames.length; t++) {
      frames[t] = t + 1;
    }
    Sound sound =
        graph().reconstruct(FakePlugins.recipe(""), new Mel(150, 1, frames), RunObserver.NOBODY);
    assertThat(sound.length()).isEqualTo(24_000);
    for (int t = 0; t < frames.length; t++) {
      assertThat(sound.channels()[0][t * 160 + 80]).isEqualTo(frames[t]);
    }
    assertThat(plugins.encoded).hasValue(0);
    assertThat(plugins.predicted).hasValue(0);
    assertThat(plugins.closed).hasValue(1);
    assertThat(registry.open).hasValue(0);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> content(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static List<String> hidden(Path folder) throws IOException {
    return content(folder).stream().filter(name -> name.startsWith(".")).toList();
  }
}
