package maestro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import maestro.api.MaestroException;
import maestro.api.film.VisualEncoder;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.metric.CorpusMetric;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.node.Node;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.pack.PackRepository;
import maestro.api.run.Provenance;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Safetensors;
import maestro.graph.recipe.RecipeBook;
import maestro.graph.run.FakeMedia;
import maestro.graph.run.FakePlugins;
import maestro.graph.run.FakeRegistry;
import maestro.graph.run.GenerationGraph;
import maestro.runtime.command.Cancellation;
import maestro.runtime.command.CommandOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.BundleContext;
import picocli.CommandLine;

/** Small experiments played through by {@code maestro ablate}: toy plugins, the real graph. */
final class ExperimentRunTest {
  private static final String FULL = "{'name': 'full', 'recipe': 'toy'}";
  private static final String ONE_EYE =
      "{'name': 'one eye', 'recipe': 'toy', 'change': {'without': ['encoder.slow-light']}}";
  private static final String LONGER =
      "{'name': 'longer', 'recipe': 'toy', 'change': {'bundles': "
          + "[{'id': 'sampler.steps', 'config': {'steps': 7}}]}}";
  private static final String REAL = "{'name': 'real', 'baseline': 'real'}";
  private static final String NOISE = "{'name': 'noise', 'baseline': 'noise'}";
  private static final String ALL = String.join(", ", FULL, ONE_EYE, LONGER, REAL, NOISE);

  @TempDir Path folder;

  private final FakePlugins plugins = new FakePlugins();
  private final FakeMedia media = new FakeMedia();
  private final AtomicInteger sampled = new AtomicInteger();
  private final AtomicInteger heard = new AtomicInteger();
  private final StringWriter said = new StringWriter();
  private IntConsumer beforeSampling = number -> {};
  private IntConsumer beforeHearing = number -> {};
  private Cancellation cancellation = new Cancellation();
  private FakeRegistry registry;
  private PackRepository packs;

  /** Three test clips of three composers, and two to train with; music of clip k has level k/10. */
  @BeforeEach
  void fiveClips() throws IOException {
    registry =
        plugins
            .registry()
            .with(
                Sampler.class,
                "sampler.steps",
                "d6",
                List.of(FakeRegistry.wholeNumber("steps", 5, 1, 1000)),
                settings -> new Watched((Integer) settings.get("steps")))
            .with(VisualEncoder.class, "encoder.cinematic", "d10", plugins.new Light(5))
            .with(Metric.class, "metric.level", "d11", new Level("level", "distance"))
            .with(
                Metric.class,
                "metric.figure-2",
                "d12",
                new Level("originality", "recognizability"));
    StringBuilder manifest = new StringBuilder();
    double[] seconds = {1, 2, 3, 1.1, 2.9};
    String[] composers = {"satie", "ravel", "holst", "satie", "ravel"};
    for (int k = 1; k <= 5; k++) {
      FakeMedia.film(folder, k + ".mp4", seconds[k - 1]);
      Files.writeString(folder.resolve(k + ".ogg"), "0." + k);
      manifest.append(
          "{'id': 'clip-%d', 'composer': '%s', 'video': '%d.mp4', 'audio': '%d.ogg', 'split': '%s'}\n"
              .formatted(k, composers[k - 1], k, k, k <= 3 ? "test" : "train"));
    }
    write("clips.jsonl", manifest.toString());
    write(
        "recipes/toy.json",
        """
        {'bundles': [{'id': 'encoder.light'}, {'id': 'encoder.slow-light'}, {'id': 'encoder.mean'},
          {'id': 'denoiser.echo'}, {'id': 'codec.echo'}, {'id': 'sampler.steps'}, {'id': 'vocoder.hold'}],
          'melFrames': 64, 'crossFadeSeconds': 0.1}
        """);
  }

  @Test
  void whatMethodsShareIsComputedOnce() throws IOException {
    assertThat(ablate("out", ALL)).isZero();
    assertThat(plugins.encoded).as("two encoders, three clips").hasValue(6);
    assertThat(media.passes).hasValue(3);
    assertThat(plugins.predicted).hasValue(3 * (5 + 5 + 7));
    assertThat(heard).as("five methods, three clips").hasValue(15);
    String counts =
        "codec.echo 9, encoder.light 3, encoder.mean 6, encoder.slow-light 3, sampler.steps 9, vocoder.hold 9";
    assertThat(said.toString()).contains("Stages computed: " + counts);
    assertThat(text("out/toy.md"))
        .contains(
            "- full: 18 of 18, for 3 clips\n",
            "- one eye: 12 of 15, for 3 clips\n",
            "- longer: 9 of 18, for 3 clips\n",
            "\nIn all: " + counts + "\n");
    assertThat(json("out").at("/computed/encoder.light").intValue()).isEqualTo(3);
    assertThat(json("out").at("/effort/one eye/computed").intValue()).isEqualTo(12);
  }

  @Test
  void anotherRunComputesNothingAndSaysTheSame() throws IOException {
    assertThat(ablate("out", ALL)).isZero();
    Map<String, byte[]> first = content("out");
    assertThat(ablate("out", ALL)).isZero();
    assertSame(content("out"), first);
    assertThat(plugins.predicted).hasValue(3 * (5 + 5 + 7));
    assertThat(heard).hasValue(15);
  }

  @Test
  void eachClipIsScoredInTheStyleOfItsComposer() throws IOException {
    Queue<Object> composers = new ConcurrentLinkedQueue<>();
    registry.with(
        Node.class,
        "source.name",
        "d20",
        List.of(FakeRegistry.word("composer")),
        settings -> {
          composers.add(settings.get("composer"));
          return new FakePlugins.Named(String.valueOf(settings.get("composer")));
        });
    String method =
        "{'name': 'own', 'recipe': 'toy', 'composers': true,"
            + " 'change': {'bundles': [{'id': 'source.name'}]}}";
    assertThat(ablate("out", method)).isZero();
    assertThat(composers).contains("satie", "ravel", "holst");
  }

  /** Stopped in the midst of the second method, or of the listening, and gone on with. */
  @ParameterizedTest
  @ValueSource(strings = {"cancelled", "sampler", "metric"})
  void aStoppedRunGoesOnWhereItWas(String how) throws IOException {
    MaestroException broken =
        new MaestroException(
            MaestroException.Kind.RESOURCE, how, "there is no memory left", "close something");
    if (how.equals("metric")) {
      // While one sample fails, another is under way; it is kept.
      CountDownLatch another = new CountDownLatch(1);
      beforeHearing =
          number -> {
            if (number == 5) {
              waitFor(another, 1_000);
              throw broken;
            } else if (number == 6) {
              another.countDown();
              waitFor(new CountDownLatch(1), 100);
            }
          };
    } else {
      beforeSampling =
          number -> {
            if (number == 5 && how.equals("sampler")) {
              throw broken;
            } else if (number == 5) {
              cancellation.request();
            }
          };
    }
    assertThat(ablate("out", ALL)).isNotZero();
    assertThat(said.toString())
        .contains(how.equals("cancelled") ? "cancelled" : how + ": there is no memory left");
    assertThat(folder.resolve("out/toy.md")).doesNotExist();
    beforeSampling = number -> {};
    beforeHearing = number -> {};
    cancellation = new Cancellation();

    assertThat(ablate("out", ALL)).isZero();
    assertThat(sampled)
        .as("only the clip that was stopped is sampled again")
        .hasValue(how.equals("metric") ? 9 : 10);
    assertThat(plugins.encoded).hasValue(6);
    assertThat(plugins.vocoded).hasValue(9);
    assertThat(heard.get() - (how.equals("metric") ? 1 : 0)).isEqualTo(15);
    Map<String, byte[]> gone = content("out");
    assertThat(ablate("undisturbed", ALL, "other-home")).isZero();
    assertSame(gone, content("undisturbed"));
  }

  private static void waitFor(CountDownLatch latch, int millis) {
    try {
      latch.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A kill after a clip's file and before its line. */
  @Test
  void aClipWhoseLineIsMissingStillCounts() throws IOException {
    assertThat(ablate("out", ALL)).isZero();
    Map<String, byte[]> first = content("out");
    List<String> lines = Files.readAllLines(folder.resolve("out/results.jsonl"));
    Files.write(folder.resolve("out/results.jsonl"), lines.subList(0, lines.size() - 1));
    assertThat(ablate("out", ALL)).isZero();
    assertSame(content("out"), first);
    assertThat(plugins.predicted).hasValue(3 * (5 + 5 + 7));
  }

  @Test
  void methodsArePairedByClipAndSeed() throws IOException {
    String twin = FULL.replace("full", "twin");
    assertThat(ablate("out", String.join(", ", FULL, twin, LONGER, REAL))).isZero();
    for (String clip : List.of("satie/clip-1", "ravel/clip-2", "holst/clip-3")) {
      assertThat(folder.resolve("out/generated/twin/" + clip + ".wav"))
          .hasSameBinaryContentAs(folder.resolve("out/generated/full/" + clip + ".wav"));
    }
    JsonNode json = json("out");
    assertThat(json.at("/figures/twin")).isEqualTo(json.at("/figures/full"));
    assertThat(json.at("/p/twin/level").doubleValue()).isEqualTo(1);
    assertThat(json.at("/p/twin/distance").doubleValue()).isEqualTo(1);
    // Three pairs that all differ the same way: two of the eight ways to swap differ as much.
    assertThat(json.at("/p/real/distance").doubleValue()).isEqualTo(0.25);
    assertThat(json.at("/tests/real/distance/exact").booleanValue()).isTrue();
    assertThat(json.at("/tests/real/distance/pairs").intValue()).isEqualTo(3);
    assertThat(json.at("/tests/real/distance/leastP").doubleValue()).isEqualTo(0.25);
    assertThat(json.at("/tests/real/distance/pHolm").doubleValue()).isEqualTo(1);
    assertThat(json.has("/p/full")).isFalse();
  }

  @Test
  void theReportHoldsEverything() throws IOException {
    assertThat(ablate("out", ALL)).isZero();
    assertThat(text("out/toy.md"))
        .startsWith("**Toys (3 clips of up to 0.6 s, 95 % bootstrap intervals)**")
        .contains(
            "| method | level ↑ | distance ↓ |\n", "\n| *real* | 0.200 ± ", "| 0.000 ± 0.000 |")
        .contains("Paired permutation tests against full: p, and in brackets p after Holm's")
        .contains(
            "The least p that is possible with 3 pairs that differ (the tests are exact) is 0.250")
        .containsPattern(
            "- real: level \\d\\.\\d{3} \\(1\\.000\\), distance 0\\.250 \\(1\\.000\\)\n")
        .contains("\n| method | of | level |\n|---|---|---:|\n| full | holst | ")
        .contains("\n- metric.level is a toy")
        .doesNotContain("level of satie", "NaN");
    assertThat(text("out/toy.csv").lines())
        .hasSize(1 + 5 * 2)
        .startsWith("method,measure,unit,value,low,high,count,note")
        .anyMatch(line -> line.startsWith("real,distance,,0.0,0.0,0.0,3,"));
    assertThat(text("out/toy.tex"))
        .contains("\\toprule\nmethod & level $\\uparrow$ & distance $\\downarrow$ \\\\")
        .contains("\n\\textit{noise} & ");
    JsonNode json = json("out");
    assertThat(json.at("/experiment/methods")).hasSize(5);
    assertThat(json.at("/figures/real/level/value").doubleValue()).isCloseTo(0.2, within(1e-6));
    assertThat(json.at("/figures/real").fieldNames())
        .toIterable()
        .containsExactly("level", "distance", "level of holst", "level of ravel", "level of satie");
    assertThat(json.at("/pairedTestsAgainst").textValue()).isEqualTo("full");
    assertThat(json.at("/p/real/level of satie").isNumber()).isTrue();
    assertThat(json.at("/remarks").get(0).textValue()).isEqualTo("metric.level is a toy");
    assertThat(folder.resolve("out/toy.png")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/abs/x", "../x", "a/b", "a\\\\b", "..", "C:x", "x\\u0000", "x\\u001b[2J"})
  void aNameThatLeadsOutOfTheResultsIsRefused(String name) {
    write(
        "experiments/toy.json",
        experiment(FULL).replace("'name': 'toy'", "'name': '" + name + "'"));
    assertThat(run("out", "home")).isEqualTo(3);
    assertThat(said.toString())
        .contains("its name is that of its results, and ")
        .doesNotContain("\u001b");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "3",
        "{}",
        "",
        "{'name': null}",
        "{'name': 'x', 'methods': [null]}",
        "{'name': 'x', 'methods': [{'name': 'm', 'folder': 'a\\u0000'}], 'metrics': [{'id': 'm'}]}",
        "{'name': 'x', 'methods': [{'name': 'm', 'baseline': 'real'}], 'metrics': [{'id': 'metric.level'}], 'seconds': 1e12}"
      })
  void whatIsNoExperimentIsRefused(String text) {
    write("experiments/toy.json", text);
    assertThat(run("out", "home")).isEqualTo(3);
    assertThat(said.toString()).contains("compare it with one of the distribution's experiments");
  }

  @Test
  void namesOfClipsAndStylesStayInTheFolderOfTheResults() throws IOException {
    write(
        "clips.jsonl",
        text("clips.jsonl")
            .replace("\"satie\"", "\"..\"")
            .replace("clip-1", "..")
            .replace("clip-2", "../../x")
            .replace("clip-3", "y".repeat(300)));
    assertThat(ablate("out", FULL)).isZero();
    assertThat(folder.resolve("out/generated/full/-/-.wav")).exists();
    assertThat(folder.resolve("out/generated/full/ravel/--..-x.wav")).exists();
    try (Stream<Path> files = Files.list(folder.resolve("out/generated/full/holst"))) {
      assertThat(files.toList())
          .hasSize(1)
          .allMatch(file -> file.getFileName().toString().length() < 100);
    }
  }

  @Test
  void aClipBehindALinkOutOfTheDatasetIsLeftOut() throws IOException {
    Path outside = Files.createTempDirectory("outside");
    Files.move(folder.resolve("2.mp4"), outside.resolve("2.mp4"));
    Files.createSymbolicLink(folder.resolve("2.mp4"), outside.resolve("2.mp4"));
    assertThat(ablate("out", FULL)).isZero();
    assertThat(text("out/toy.md"))
        .contains("clip ravel/clip-2 left out: ", "'2.mp4' is a symbolic link out of the folder");
  }

  @Test
  void aClipThatCannotBeReadIsNamedAndLeftOutForAll() throws IOException {
    Files.writeString(folder.resolve("2.mp4"), "no film at all");
    assertThat(ablate("out", ALL)).isZero();
    assertThat(text("out/toy.md"))
        .startsWith("**Toys (2 clips of")
        .contains("\n- clip ravel/clip-2 left out: ")
        .contains("\n- 1 of 3 clips left out, for all methods");
    assertThat(json("out").at("/figures/real/level/count").intValue()).isEqualTo(2);
    assertThat(json("out").at("/figures/full/level/count").intValue()).isEqualTo(2);
    for (int k = 1; k <= 3; k++) {
      Files.writeString(folder.resolve(k + ".mp4"), "no film at all");
    }
    assertThat(ablate("none", FULL, "other-home")).isEqualTo(3);
  }

  @Test
  void theFirstLineSaysWhichModelsAreUntrained() throws IOException {
    packs = untrained("filled");
    write(
        "recipes/toy.json",
        text("recipes/toy.json").replace("{\"bundles\"", "{\"pack\": \"filled\", \"bundles\""));
    assertThat(ablate("out", FULL + ", " + REAL)).isZero();
    String sentence =
        "Untrained model: the weights of pack filled were filled by rule, so the figures of full say"
            + " nothing of a trained model.";
    assertThat(text("out/toy.md")).startsWith("**" + sentence + "**\n");
    assertThat(text("out/toy.tex")).startsWith("% " + sentence + "\n");
    assertThat(text("out/toy.json").lines().skip(1).findFirst().orElseThrow())
        .contains("\"untrained\" : [ \"" + sentence + "\" ]");
    assertThat(said.toString()).contains("**" + sentence + "**");
    packs = null;
    write("recipes/toy.json", text("recipes/toy.json").replace("\"pack\": \"filled\", ", ""));
    assertThat(ablate("trained", FULL)).isZero();
    assertThat(text("trained/toy.md")).startsWith("**Toys (");
    assertThat(json("trained").at("/untrained")).isEmpty();
  }

  private static PackRepository untrained(String pack) {
    ModelPack filled =
        new ModelPack() {
          @Override
          public String name() {
            return pack;
          }

          @Override
          public boolean untrained() {
            return true;
          }

          @Override
          public List<String> parts() {
            return List.of();
          }

          @Override
          public Optional<PackPart> part(String name) {
            return Optional.empty();
          }
        };
    return new PackRepository() {
      @Override
      public List<String> names() {
        return List.of(pack);
      }

      @Override
      public ModelPack open(String name) {
        return filled;
      }
    };
  }

  @Test
  void figureTwoIsDrawn() throws IOException {
    write("experiments/toy.json", experiment(ALL).replace("metric.level", "metric.figure-2"));
    assertThat(run("out", "home")).isZero();
    assertThat(ImageIO.read(folder.resolve("out/toy.png").toFile()).getWidth()).isEqualTo(760);
  }

  @Test
  void aMethodMayHaveASeedOfItsOwn() throws IOException {
    String other = "{'name': 'other', 'recipe': 'toy', 'change': {'seed': 8}}";
    assertThat(ablate("out", FULL + ", " + other)).isZero();
    assertThat(text("out/results.jsonl").lines().filter(line -> line.contains("\"seed\":8,")))
        .hasSize(3)
        .allMatch(line -> line.contains("\"method\":\"other\""));
    assertThat(samples("other/satie/clip-1")).isNotEqualTo(samples("full/satie/clip-1"));
  }

  /** Film and training music reach a metric. */
  @Test
  void metricsSeeTheFilmAndHearTheTrainingMusic() throws IOException {
    registry.with(Metric.class, "metric.level", "d11", new Onlooker());
    write(
        "clips.jsonl",
        text("clips.jsonl")
            + text("clips.jsonl")
                .lines()
                .skip(4)
                .findFirst()
                .orElseThrow()
                .replace("clip-5", "clip-6")
                .replace("5.mp4", "1.mp4"));
    assertThat(ablate("out", FULL + ", " + REAL)).isZero();
    for (String method : List.of("full", "real")) {
      JsonNode figures = json("out").at("/figures/" + method);
      assertThat(figures.at("/level/value").doubleValue())
          .as("six frames of each film")
          .isEqualTo(6);
      assertThat(figures.at("/distance/value").doubleValue())
          .as("two files that training clips are cut from")
          .isCloseTo(0.9, within(1e-6));
    }
    assertThat(heard).as("each file once").hasValue(2);
  }

  @Test
  void windowsOfAStageAreCountedTogether() throws IOException {
    write("experiments/toy.json", experiment(FULL).replace("0.6", "0.9"));
    assertThat(run("out", "home")).isZero();
    assertThat(text("out/toy.md"))
        .contains("encoder.slow-light 6, sampler.steps 6, vocoder.hold 6\n");
    assertThat(text("out/stages.jsonl")).contains("sampler.steps, window 2 of 2");
  }

  @Test
  void anImportedFolderIsAMethod() throws IOException {
    clip("imported/satie/clip-1.wav", 0.3f);
    clip("imported/ravel/clip-2.wav", 0.5f);
    clip("imported/ravel/clip-9.wav", 0.9f);
    String imported = "{'name': 'elsewhere', 'folder': '%s'}".formatted(path("imported"));
    assertThat(ablate("out", FULL + ", " + imported)).isZero();
    JsonNode level = json("out").at("/figures/elsewhere/level");
    assertThat(level.at("/count").intValue())
        .as("a clip of another test is not heard")
        .isEqualTo(2);
    assertThat(level.at("/value").doubleValue()).isCloseTo(0.4, within(1e-6));
    assertThat(json("out").at("/figures/elsewhere/distance/value").doubleValue())
        .isCloseTo((0.2 + 0.3) / 2, within(1e-6));
    assertThat(json("out").at("/p/elsewhere/level").isNumber()).isTrue();
    assertThat(json("out").at("/effort").has("elsewhere")).isFalse();
  }

  @Test
  void filmsWithoutMusicAreScoredToo() throws IOException {
    write("clips.jsonl", text("clips.jsonl").replaceAll(", \"audio\": \"[^\"]*\"", ""));
    assertThat(ablate("out", FULL + ", " + ONE_EYE)).isZero();
    assertThat(json("out").at("/figures/full/level/count").intValue()).isEqualTo(3);
    assertThat(json("out").at("/figures/full/distance/value").isNull()).isTrue();
    assertThat(text("out/toy.md")).contains("| – |", ", distance –\n").doesNotContain("NaN");
  }

  @Test
  void fewerClipsInTheSameFolderAreTheFigures() throws IOException {
    assertThat(ablate("out", FULL + ", " + REAL)).isZero();
    assertThat(run("out", "home", "--limit", "2")).isZero();
    assertThat(text("out/toy.md"))
        .contains("(2 clips of up to")
        .contains("full: 12 of 12, for 2 clips");
    assertThat(json("out").at("/figures/real/level/count").intValue()).isEqualTo(2);
    assertThat(json("out").at("/figures/real/level/value").doubleValue())
        .isCloseTo(0.15, within(1e-6));
  }

  @Test
  void floorsAreMadeOfRealMusic() throws IOException {
    List<String> methods = new ArrayList<>();
    for (Experiment.Baseline baseline : Experiment.Baseline.values()) {
      methods.add("{'name': '%s', 'baseline': '%s'}".formatted(baseline, baseline));
    }
    assertThat(ablate("out", String.join(", ", methods))).isZero();
    float[] real = samples("real/ravel/clip-2");
    assertThat(real).hasSize(16_000).containsOnly(0.2f);
    for (String floor : List.of("noise", "phaseScrambled")) {
      float[] samples = samples(floor + "/ravel/clip-2");
      assertThat(rms(samples)).isCloseTo(0.2, within(0.01));
      assertThat(samples).isNotEqualTo(real);
      assertThat(samples[0] / 0.2)
          .as("each item has its own seed")
          .isNotCloseTo(samples(floor + "/satie/clip-1")[0] / 0.1, within(1e-3));
    }
    // Clip 1 is as long as clip 4, so it grows light as fast; clip 3 is as clip 5.
    assertThat(samples("nearest/satie/clip-1")).containsOnly(0.4f);
    assertThat(samples("nearest/holst/clip-3")).containsOnly(0.5f);
    for (String clip : List.of("satie/clip-1", "ravel/clip-2", "holst/clip-3")) {
      assertThat(samples("random/" + clip)[0]).isIn(0.4f, 0.5f);
    }
  }

  @Test
  void aRandomClipMayBeOfTheSameComposer() throws IOException {
    String any = "{'name': 'random', 'baseline': 'random'}";
    write("experiments/toy.json", experiment(FULL + ", " + any));
    assertThat(run("out", "home", "--limit", "2")).isZero();
    float[] anyMusic = {samples("random/satie/clip-1")[0], samples("random/ravel/clip-2")[0]};
    assertThat(anyMusic).isNotEqualTo(new float[] {0.4f, 0.5f});
    String own = "{'name': 'random', 'baseline': 'random', 'composers': true}";
    write("experiments/toy.json", experiment(FULL + ", " + own));
    assertThat(run("out", "home", "--limit", "2")).isZero();
    assertThat(samples("random/satie/clip-1")).as("not what was drawn before").containsOnly(0.4f);
    assertThat(samples("random/ravel/clip-2")).containsOnly(0.5f);
    assertThat(run("all", "home")).isEqualTo(3);
    assertThat(said.toString())
        .contains("baseline random: no training clip with music is of the composer of clip-3");
  }

  @Test
  void theCeilingIsTheMusicThroughTheModelsOwnEnds() throws IOException {
    String ceiling = "{'name': 'ceiling', 'recipe': 'toy', 'reconstructs': true}";
    assertThat(ablate("out", FULL + ", " + ceiling)).isZero();
    assertThat(json("out").at("/figures/ceiling/level/count").intValue()).isEqualTo(3);
    assertThat(text("out/toy.md")).contains("| *ceiling* | ").doesNotContain("- ceiling: 0");
    assertThat(plugins.predicted).as("nothing is sampled for it").hasValue(3 * 5);
    int vocoded = plugins.vocoded.get();
    assertThat(run("out", "home")).isZero();
    assertThat(plugins.vocoded).hasValue(vocoded);
  }

  @Test
  void aTransferMeetsEveryOtherStyle() throws IOException {
    String steered =
        "{'name': 'steered', 'recipe': 'toy', 'change': {'bundles': [{'id': 'control.level'}]}}";
    write(
        "experiments/toy.json",
        experiment(steered + ", " + REAL).replace("'seconds'", "'transfer': true, 'seconds'"));
    assertThat(run("out", "home")).isZero();
    assertThat(content("out/generated/steered").keySet())
        .containsExactly(
            "holst/clip-1--clip-3.wav",
            "holst/clip-2--clip-3.wav",
            "ravel/clip-1--clip-2.wav",
            "ravel/clip-3--clip-2.wav",
            "satie/clip-2--clip-1.wav",
            "satie/clip-3--clip-1.wav");
    NamedTensors asked =
        Safetensors.read(folder.resolve("out/controls/ravel/clip-1--clip-2.safetensors"));
    assertThat(asked.get("level").shape()).containsExactly(60, 1);
    assertThat(asked.get("level").values()).containsOnly(0.2f);
    assertThat(samples("real/ravel/clip-1--clip-2")).containsOnly(0.1f);
    assertThat(json("out").at("/computed/encoder.light").intValue()).isEqualTo(3);
    assertThat(json("out").at("/computed/sampler.steps").intValue()).isEqualTo(6);
    assertThat(json("out").at("/figures/steered/level/count").intValue()).isEqualTo(6);
  }

  @Test
  void evaluateIsAnExperimentOfOneRecipe() throws IOException {
    EvaluateCommand command = new EvaluateCommand();
    command.registry = registry;
    command.laboratory = laboratory("home");
    assertThat(
            execute(
                command,
                "toy",
                "--metrics",
                "level",
                "--baselines",
                "real,noise",
                "--dataset",
                path("clips.jsonl"),
                "-o",
                path("out")))
        .isZero();
    assertThat(text("out/evaluation-toy.md"))
        .startsWith("**Evaluation of toy (3 clips of up to 10.0 s")
        .contains("\n| toy | ", "\n| *real* | ", "\n| *noise* | ");
  }

  @Test
  void evaluateLeavesBundlesOut() throws IOException {
    EvaluateCommand command = new EvaluateCommand();
    command.registry = registry;
    command.laboratory = laboratory("home");
    assertThat(
            execute(
                command,
                "toy",
                "--without",
                "encoder.slow-light",
                "--metrics",
                "level",
                "--baselines",
                "real",
                "--dataset",
                path("clips.jsonl"),
                "-o",
                path("out")))
        .isZero();
    assertThat(text("out/stages.jsonl"))
        .contains("encoder.light")
        .doesNotContain("encoder.slow-light");
  }

  @Test
  void whatCannotBeRunIsRefusedInASentence() throws IOException {
    clip("strange/clip-1.wav", 0.1f);
    Map<String, String> refusals = new TreeMap<>();
    refusals.put("{'name': 'x', 'recipe': 'toys'}", "recipe toys: there is no recipe of that name");
    refusals.put(
        "{'name': 'x', 'recipe': 'toy', 'change': {'without': ['encoder.clip']}}",
        "without names encoder.clip, which is not in recipe toy");
    refusals.put(
        "{'name': 'x', 'folder': '%s'}".formatted(path("nowhere")),
        path("nowhere") + ": method x has no such folder; give a folder of WAV files");
    refusals.put(
        "{'name': 'x', 'folder': '%s'}".formatted(path("strange")),
        path("strange")
            + ": no sound in it has the name of a test clip; name them like satie/clip-1.wav");
    refusals.put("{'name': 'x'}", "method x must have one of recipe, folder and baseline");
    refusals.put("{'name': 'x', 'baseline': 'silence'}", "not an experiment: ");
    refusals.put("{'name': '../x', 'recipe': 'toy'}", "used twice or no file name: ../x");
    refusals.put(FULL, "used twice or no file name: full");
    refusals.forEach(
        (method, message) -> {
          said.getBuffer().setLength(0);
          assertThat(ablate("out", FULL + ", " + method)).as(method).isBetween(2, 4);
          assertThat(said.toString().lines().filter(line -> line.contains(message)).toList())
              .as("%s says %s", method, said)
              .hasSize(1);
        });
    assertThat(plugins.predicted).as("refused before anything is sampled").hasValue(0);
  }

  /** Not after hours of generating. */
  @Test
  void aMetricWithoutWeightsIsMissedAtOnce() {
    beforeHearing =
        number -> {
          throw new MaestroException(
              MaestroException.Kind.CONFIGURATION, "metric.level", "no weights", "fetch them");
        };
    assertThat(ablate("out", ALL)).isEqualTo(4);
    assertThat(said.toString()).contains("metric.level: no weights; fetch them");
    assertThat(plugins.encoded).hasValue(0);
  }

  @Test
  void whatTheDatasetLacksIsSaid() throws IOException {
    String random = "{'name': 'random', 'baseline': 'random'}";
    String clips = text("clips.jsonl");
    write("clips.jsonl", clips.lines().limit(3).reduce("", (a, b) -> a + b + "\n"));
    assertThat(ablate("a", FULL + ", " + random)).isEqualTo(3);
    assertThat(said.toString()).contains("baseline random: no training clip has music; give a");
    assertThat(run("a", "home", "--split", "val")).isEqualTo(3);
    assertThat(said.toString()).contains("experiment toy: there is no test clip; check");
    write(
        "experiments/toy.json",
        experiment(FULL).replace("'seconds'", "'transfer': true, 'seconds'"));
    assertThat(run("a", "home", "--limit", "1")).isEqualTo(3);
    assertThat(said.toString()).contains("no two test clips have different classes of style");
    write("experiments/toy.json", experiment(FULL).replace("'id': 'metric.level'", ""));
    assertThat(run("a", "home")).isEqualTo(3);
    assertThat(said.toString()).contains("toy.json: a metric has no id; ");
    write("experiments/toy.json", experiment(FULL).replace("metric.level", "metric.taste"));
    assertThat(run("a", "home")).isEqualTo(4);
    assertThat(said.toString()).contains("metric.taste: it is not installed");
    write(
        "experiments/toy.json",
        experiment(FULL)
            .replace("'seconds'", "'transfer': true, 'seconds'")
            .replace("metric.level", "metric.recognizability"));
    assertThat(run("a", "home")).isEqualTo(3);
    assertThat(said.toString()).contains("metric.recognizability tells nothing of a transfer; ");
    write("experiments/toy.json", experiment(FULL));
    write("a/stages.jsonl", "{'method': \n");
    assertThat(run("a", "home")).isEqualTo(3);
    assertThat(said.toString()).contains("stages.jsonl: a line of it is not JSON; delete the file");
    assertThat(execute(new AblateCommand(context()), "toys", "--dataset", "x", "-o", "y"))
        .isEqualTo(3);
    assertThat(said.toString())
        .contains("toys: there is no experiment of that name and no such file; use one of toy");
  }

  @Test
  void aRecipeIsComparedWithItselfLessEachBundleItCanLiveWithout() throws IOException {
    AblateCommand command = new AblateCommand(context());
    command.laboratory = laboratory("home");
    assertThat(
            execute(
                command,
                "toy",
                "--each-off",
                "--metrics",
                "level",
                "--dataset",
                path("clips.jsonl"),
                "-o",
                path("out")))
        .isZero();
    assertThat(text("out/toy-each-off.md"))
        .contains("| whole |", "| without encoder.light |", "| without encoder.slow-light |")
        .doesNotContain("without encoder.mean", "without sampler");
    assertThat(said.toString()).contains("encoder.mean stays: without it, it needs a condition");
  }

  @Test
  void bundlesCanBeLeftOutOfAllRecipesOfAnExperiment() throws IOException {
    write("experiments/toy.json", experiment(ALL));
    assertThat(run("out", "home", "--without", "encoder.slow-light")).isZero();
    assertThat(text("out/stages.jsonl"))
        .contains("encoder.light")
        .doesNotContain("encoder.slow-light");
    assertThat(text("out/toy.md")).contains(", without encoder.slow-light");
    assertThat(run("out", "home", "--without", "encoder.clip,encoder.slow-light")).isEqualTo(3);
    assertThat(said.toString())
        .contains("experiment toy: no recipe of it has encoder.clip, which --without names");
    AblateCommand command = new AblateCommand(context());
    command.laboratory = laboratory("home");
    assertThat(
            execute(
                command,
                "toy",
                "--each-off",
                "--without",
                "encoder.slow-light",
                "--metrics",
                "level",
                "--dataset",
                path("clips.jsonl"),
                "-o",
                path("each")))
        .isEqualTo(4);
    assertThat(said.toString())
        .as("an encoder that was left out is not tried, and the last one cannot go")
        .contains("encoder.light stays", "there is no bundle it can live without");
  }

  private int ablate(String out, String methods) {
    return ablate(out, methods, "home");
  }

  private int ablate(String out, String methods, String home) {
    write("experiments/toy.json", experiment(methods));
    return run(out, home);
  }

  private static String experiment(String methods) {
    return """
        {'name': 'toy', 'title': 'Toys', 'seconds': 0.6, 'bootstrap': 20, 'permutations': 400,
          'methods': [%s], 'metrics': [{'id': 'metric.level'}]}
        """
        .formatted(methods);
  }

  private int run(String out, String home, String... more) {
    AblateCommand command = new AblateCommand(context());
    command.laboratory = laboratory(home);
    command.options = new CommandOptions(cancellation);
    List<String> words =
        new ArrayList<>(List.of("toy", "--dataset", path("clips.jsonl"), "-o", path(out)));
    words.addAll(List.of(more));
    return execute(command, words.toArray(String[]::new));
  }

  private Laboratory laboratory(String home) {
    GenerationGraph graph =
        new GenerationGraph(
            registry,
            packs,
            FakePlugins.roles(),
            media,
            media,
            folder.resolve(home),
            1 << 24,
            "test");
    RecipeBook recipes = new RecipeBook(List.of(folder.resolve("recipes")));
    return new Laboratory(graph, recipes, registry, media, media, packs);
  }

  private int execute(Object command, String... words) {
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(said, true)).setErr(new PrintWriter(said, true));
    line.setExecutionExceptionHandler(
        (e, at, parsed) -> {
          if (e instanceof MaestroException known) {
            said.write(known.getMessage());
            return known.kind().exitCode();
          }
          throw e;
        });
    return line.execute(words);
  }

  /** A bundle whose framework knows one property: where the distribution is. */
  private BundleContext context() {
    return (BundleContext)
        Proxy.newProxyInstance(
            BundleContext.class.getClassLoader(),
            new Class<?>[] {BundleContext.class},
            (proxy, method, arguments) -> folder.toString());
  }

  private String path(String name) {
    return folder.resolve(name).toString().replace('\\', '/');
  }

  /** Writes JSON; quotes are single here. */
  private void write(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text.replace('\'', '"'));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void clip(String name, float level) throws IOException {
    float[] samples = new float[16_000];
    Arrays.fill(samples, level);
    Files.createDirectories(folder.resolve(name).getParent());
    media.wav(folder.resolve(name), Sound.mono(samples, 16_000), new Provenance("{}"));
  }

  private float[] samples(String clip) {
    return media.sound(folder.resolve("out/generated/" + clip + ".wav")).channels()[0];
  }

  private static double rms(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return Math.sqrt(sum / samples.length);
  }

  private String text(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  private JsonNode json(String out) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(out + "/toy.json").toFile());
  }

  /** Every file of a folder; lines of results without the time they took, and in no order. */
  private Map<String, byte[]> content(String name) throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    Path root = folder.resolve(name);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (file.toString().endsWith(".jsonl")) {
          bytes =
              new String(bytes)
                  .lines()
                  .map(line -> line.replaceAll("\"(computed|seconds)\":[^,]*,", ""))
                  .sorted()
                  .reduce("", (a, b) -> a + b + "\n")
                  .getBytes();
        }
        content.put(root.relativize(file).toString().replace('\\', '/'), bytes);
      }
    }
    return content;
  }

  private static void assertSame(Map<String, byte[]> found, Map<String, byte[]> wanted) {
    assertThat(found.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach(
        (name, bytes) ->
            assertThat(new String(found.get(name))).as(name).isEqualTo(new String(bytes)));
  }

  /** A sampler that can be stopped. */
  private final class Watched implements Sampler {
    private final Sampler sampler;

    Watched(int steps) {
      sampler = new FakePlugins.Steps(steps);
    }

    @Override
    public Latent sample(
        Latent noise, NoisePredictor predictor, NoiseSchedule schedule, RunContext run) {
      beforeSampling.accept(sampled.incrementAndGet());
      return sampler.sample(noise, predictor, schedule, run);
    }

    @Override
    public int steps() {
      return sampler.steps();
    }
  }

  /** Frames that an encoder saw, and the levels of the training music in sum. */
  private final class Onlooker extends Level implements CorpusMetric {
    Onlooker() {
      super("level", "distance");
    }

    @Override
    public NamedTensors listen(Sound piece, RunContext run) {
      heard.incrementAndGet();
      return NamedTensors.of("level", FloatTensor.of(new float[] {piece.channels()[0][0]}, 1));
    }

    @Override
    public NamedTensors sample(MetricItem item, RunContext run) {
      float frames = item.film().orElseThrow().seenBy("encoder.light").vector()[1];
      float sum = 0;
      for (MetricSample piece : item.corpus()) {
        sum += piece.values().get("level").values()[0];
      }
      return NamedTensors.of("values", FloatTensor.of(new float[] {frames, sum}, 2));
    }
  }

  /** Mean level and its distance from the reference's; and by class. */
  private class Level implements Metric {
    private final List<Measure> measures;

    Level(String level, String distance) {
      measures =
          List.of(
              new Measure(level, "", Measure.Direction.HIGHER),
              new Measure(distance, "", Measure.Direction.LOWER));
    }

    @Override
    public List<Measure> measures() {
      return measures;
    }

    @Override
    public NamedTensors sample(MetricItem item, RunContext run) {
      beforeHearing.accept(heard.incrementAndGet());
      float level = mean(item.generated());
      float distance = item.reference().map(own -> Math.abs(level - mean(own))).orElse(Float.NaN);
      return NamedTensors.of("values", FloatTensor.of(new float[] {level, distance}, 2));
    }

    private static float mean(Sound sound) {
      double sum = 0;
      for (float sample : sound.channels()[0]) {
        sum += sample;
      }
      return (float) (sum / sound.length());
    }

    @Override
    public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
      run.remark("metric.level is a toy");
      List<Measurement> figures = new ArrayList<>();
      for (int k = 0; k < 2; k++) {
        double mean = mean(samples, k);
        String note = Double.isNaN(mean) ? "no reference" : "";
        figures.add(new Measurement(measures.get(k), mean, samples.size(), note));
      }
      Map<String, List<MetricSample>> classes = new TreeMap<>();
      samples.forEach(
          sample ->
              classes
                  .computeIfAbsent(sample.style().orElse(""), unused -> new ArrayList<>())
                  .add(sample));
      classes.forEach(
          (name, own) ->
              figures.add(
                  new Measurement(
                      new Measure(
                          measures.get(0).name() + " of " + name, "", Measure.Direction.HIGHER),
                      mean(own, 0),
                      own.size(),
                      "")));
      return figures;
    }

    private static double mean(List<MetricSample> samples, int k) {
      return samples.stream()
          .mapToDouble(sample -> sample.values().get("values").values()[k])
          .average()
          .orElse(Double.NaN);
    }
  }
}
