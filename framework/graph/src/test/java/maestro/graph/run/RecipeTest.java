package maestro.graph.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.control.StyleControl;
import maestro.api.film.FeatureFusion;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription.Declaration;
import maestro.api.host.PluginNames;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.pack.PackRepository;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.RecipeBook;
import maestro.graph.recipe.RecipeProblems;
import maestro.graph.recipe.ResolvedRecipe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecipeTest {
  @TempDir Path folder;
  private RecipeBook book;
  private FakeRegistry registry;

  @BeforeEach
  void write() throws IOException {
    book = new RecipeBook(List.of(folder.resolve("own"), folder));
    registry = new FakePlugins().registry();
    recipe(
        "full",
        """
        {"bundles": [{"id": "encoder.light"}, {"id": "encoder.slow-light"}, {"id": "encoder.mean"},
          {"id": "denoiser.echo"}, {"id": "codec.echo"}, {"id": "sampler.steps", "config": {"steps": 9}}, {"id": "vocoder.hold"}], "seed": 3}
        """);
  }

  private void recipe(String name, String json) throws IOException {
    Files.writeString(folder.resolve(name + ".json"), json);
  }

  private GenerationGraph graph(PackRepository packs) {
    FakeMedia media = new FakeMedia();
    return new GenerationGraph(
        registry, packs, FakePlugins.roles(), media, media, folder.resolve("home"), 0, "test");
  }

  private List<String> problemsOf(String json) throws IOException {
    recipe("wrong", json);
    return problemsOf(book.resolve("wrong"), null);
  }

  private List<String> problemsOf(ResolvedRecipe resolved, PackRepository packs) {
    MaestroException problem =
        catchThrowableOfType(MaestroException.class, () -> graph(packs).check(resolved));
    assertThat(problem).isNotNull();
    return problem instanceof RecipeProblems all ? all.problems() : List.of(problem.getMessage());
  }

  @Test
  void anAblationTakesAwayAndKeepsTheRest() throws IOException {
    recipe("ablation", "{\"base\": \"full\", \"without\": [\"encoder.slow-light\"]}");
    ResolvedRecipe resolved = book.resolve("ablation");
    assertThat(resolved.recipe().bundles())
        .extracting(Recipe.Entry::id)
        .containsExactly(
            "encoder.light",
            "encoder.mean",
            "denoiser.echo",
            "codec.echo",
            "sampler.steps",
            "vocoder.hold");
    assertThat(resolved.recipe().seed()).isEqualTo(3);
    assertThat(resolved.recipe().guidanceScale()).isEqualTo(7.5);
    assertThat(resolved.recipe().name()).isEqualTo("ablation");
    assertThat(graph(null).check(resolved)).isEmpty();
  }

  @Test
  void anEntryOfTheSameIdChangesOnlyTheSettingsItNames() throws IOException {
    recipe(
        "child",
        "{\"base\": \"full\", \"seed\": 4, \"bundles\": [{\"id\": \"sampler.steps\", \"config\": {\"steps\": 2}}]}");
    recipe("grandchild", "{\"base\": \"child\", \"device\": \"cpu\"}");
    Recipe recipe = book.resolve("grandchild").recipe();
    assertThat(recipe.seed()).isEqualTo(4);
    assertThat(recipe.device()).isEqualTo("cpu");
    assertThat(recipe.bundles().get(5).config()).isEqualTo(Map.of("steps", 2));
  }

  @Test
  void theDigestDependsOnWhatItSaysAndNotOnHow() throws IOException {
    recipe("one", "{\"seed\": 5, \"device\": \"cpu\", \"name\": \"x\"}");
    recipe("two", "{ \"name\" : \"x\",\n \"device\" : \"cpu\", \"seed\" : 5 }");
    recipe("three", "{\"name\": \"x\", \"device\": \"cpu\", \"seed\": 6}");
    assertThat(book.resolve("two").digest()).isEqualTo(book.resolve("one").digest()).hasSize(64);
    assertThat(book.resolve("three").digest()).isNotEqualTo(book.resolve("one").digest());
    ResolvedRecipe one = book.resolve("full");
    assertThat(ResolvedRecipe.parse("other", one.json())).isEqualTo(one);
  }

  @Test
  void anOldRecipeAndANewOneAreOneOnceTheirPluginsWereRenamed() throws IOException {
    PluginNames names =
        new PluginNames(Map.of("encoder.blend", "encoder.mean", "encoder.eye", "encoder.light"));
    RecipeBook today = new RecipeBook(List.of(folder), () -> names);
    String old =
        """
        {"name": "x", "base": "full", "without": ["encoder.eye"],
          "bundles": [{"id": "encoder.blend", "config": {"of": "encoder.eye", "as": "encoder"}}]}
        """;
    recipe("old", old);
    recipe("new", old.replace("blend", "mean").replace("encoder.eye", "encoder.light"));
    ResolvedRecipe resolved = today.resolve("old");
    assertThat(resolved).isEqualTo(book.resolve("new"));
    assertThat(resolved.recipe().bundles())
        .contains(Recipe.Entry.of("encoder.mean", Map.of("of", "encoder.light", "as", "encoder")))
        .hasSize(6);
    recipe("base", "{\"bundles\": [{\"id\": \"encoder.blend\"}, {\"id\": \"encoder.eye\"}]}");
    recipe("child", "{\"base\": \"base\", \"without\": [\"encoder.mean\"]}");
    assertThat(today.resolve("child").recipe().bundles())
        .containsExactly(Recipe.Entry.of("encoder.light"));
  }

  @Test
  void anEntryOfAPluginThatWasDividedIsOneForEachItBecame() throws IOException {
    PluginNames names =
        new PluginNames(
            Map.of("latent.echo", List.of("codec.echo", "denoiser.echo")),
            Map.of("codec.echo", Set.of("engine"), "denoiser.echo", Set.of("engine", "guided")));
    RecipeBook today = new RecipeBook(List.of(folder), () -> names);
    recipe(
        "whole",
        """
        {"bundles": [{"id": "encoder.light"},
          {"id": "latent.echo", "config": {"engine": "onnx", "guided": "film"}}]}
        """);
    assertThat(today.resolve("whole").recipe().bundles())
        .containsExactly(
            Recipe.Entry.of("encoder.light"),
            Recipe.Entry.of("codec.echo", Map.of("engine", "onnx")),
            Recipe.Entry.of("denoiser.echo", Map.of("engine", "onnx", "guided", "film")));
    recipe("blind", "{\"base\": \"whole\", \"without\": [\"latent.echo\"]}");
    assertThat(today.resolve("blind").recipe().bundles())
        .containsExactly(Recipe.Entry.of("encoder.light"));
  }

  @Test
  void whoHasANameTodayKeepsIt() {
    registry.with(
        FeatureFusion.class,
        "fusion.sum",
        "d9",
        new Declaration(
            "", List.of(), List.of(), List.of(), List.of("encoder.mean", "encoder.sum")),
        List.of(),
        settings -> null);
    PluginNames names = PluginNames.of(registry);
    assertThat(names.current("encoder.sum")).isEqualTo("fusion.sum");
    assertThat(names.current("encoder.mean")).isEqualTo("encoder.mean");
  }

  @Test
  void basesThatGoRoundAreRefused() throws IOException {
    recipe("a", "{\"base\": \"b\"}");
    recipe("b", "{\"base\": \"a\"}");
    assertThatThrownBy(() -> book.resolve("a"))
        .hasMessage("recipe a: its bases go round in a circle: a > b > a; take one 'base' out");
  }

  @Test
  void aBaseThatLeadsOutOfTheRecipesFolderIsRefused() throws IOException {
    for (String base : List.of("../full.json", "/abs/full.json", "a\\u0000.json", "C:x.json")) {
      recipe("child", "{\"base\": \"" + base + "\"}");
      assertThatThrownBy(() -> book.resolve("child"))
          .isInstanceOf(MaestroException.class)
          .hasMessageStartingWith("recipe child.json: its base cannot be used: ");
    }
    recipe("below", "{\"base\": \"full.json\"}");
    assertThat(book.resolve("below")).isNotNull();
  }

  @Test
  void everyMistakeOfWritingIsNamed() throws IOException {
    Map<String, String> mistakes =
        Map.ofEntries(
            Map.entry("{\"sed\": 7}", "recipe wrong: unknown field 'sed' at line 1"),
            Map.entry(
                "{\"bundles\": [{\"id\": \"a.b\", \"settings\": {}}]}",
                "recipe wrong: unknown field 'settings'"),
            Map.entry("{\"seed\": \"seven\"}", "recipe wrong: not a recipe: "),
            Map.entry("{\"seed\": 7.5}", "recipe wrong: not a recipe: "),
            Map.entry(
                "{\"seed\": 7, \"seed\": 8}", "recipe wrong: not a recipe: Duplicate field 'seed'"),
            Map.entry("{\"seed\": 7", "recipe wrong: not a recipe: "),
            Map.entry("", "recipe wrong: not a recipe: "),
            Map.entry("null", "recipe wrong: not a recipe: empty"),
            Map.entry("{} {}", "recipe wrong: not a recipe: "),
            Map.entry("[]", "recipe wrong: not a recipe: "),
            Map.entry(
                "{\"bundles\": [{\"config\": {}}]}", "recipe wrong: entry 1 of bundles has no id"),
            Map.entry(
                "{\"without\": [\"encoder.x\"]}", "recipe wrong: 'without' encoder.x has no base"),
            Map.entry(
                "{\"base\": \"full\", \"without\": [\"encoder.x\"]}",
                "recipe wrong: without names encoder.x, which is not in recipe full"),
            Map.entry("{\"base\": \"nothing\"}", "recipe nothing: there is no recipe of that name"),
            Map.entry("{\"base\": \"../full\"}", "recipe ../full: not a name for a recipe"));
    for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
      recipe("wrong", mistake.getKey());
      assertThatThrownBy(() -> book.resolve("wrong"))
          .as(mistake.getKey())
          .isInstanceOf(MaestroException.class)
          .hasMessageStartingWith(mistake.getValue());
    }
  }

  @Test
  void everyProblemOfTheWholeIsReportedAndTheFirstLineSaysWhere() throws IOException {
    recipe(
        "wrong",
        """
        {"base": "full", "device": "tpu", "melFrames": 1022, "bundles": [
          {"id": "encoder.clap"}, {"id": "sampler.other"}, {"id": "sampler.steps", "config": {"stepz": 9}}]}
        """);
    MaestroException problem =
        catchThrowableOfType(
            MaestroException.class, () -> graph(null).check(book.resolve("wrong")));
    assertThat(problem.getMessage().lines().findFirst().orElseThrow())
        .isEqualTo(
            "recipe wrong: device: illegal device: tpu, must be auto, cpu or cuda:N; use auto, cpu or cuda:0");
    assertThat(((RecipeProblems) problem).problems())
        .anyMatch(p -> p.startsWith("recipe wrong: melFrames: illegal value: 1022"))
        .anyMatch(p -> p.startsWith("recipe wrong: encoder.clap: it is not installed; see"))
        .anyMatch(
            p -> p.startsWith("recipe wrong: sampler.steps: it has no setting stepz; use one of"))
        .hasSize(4);
    assertThat(problem.getMessage().lines()).hasSize(4);
  }

  @Test
  void twoOfAKindAndNoneOfAKindAreRefused() throws IOException {
    assertThat(problemsOf("{\"base\": \"full\", \"bundles\": [{\"id\": \"sampler.other\"}]}"))
        .containsExactly(
            "recipe wrong: codec.echo: it takes one latent and sampler.steps, sampler.other give one"
                + " each; keep one, or say which with \"in\": {\"latent\": \"sampler.steps\"}");
    assertThat(
            problemsOf("{\"base\": \"full\", \"without\": [\"denoiser.echo\", \"encoder.mean\"]}"))
        .containsExactly(
            "recipe wrong: sampler.steps: it needs a predictor and nothing gives one; add one, such"
                + " as denoiser.echo");
    assertThat(problemsOf("{\"base\": \"full\", \"without\": [\"vocoder.hold\"]}"))
        .containsExactly(
            "recipe wrong: sound: nothing in it gives one; add one, such as vocoder.hold");
    assertThat(problemsOf("{}")).hasSize(1);
  }

  @Test
  void theSameEntryTwiceIsRefused() throws IOException {
    recipe("twice", "{\"bundles\": [{\"id\": \"encoder.light\"}, {\"id\": \"encoder.light\"}]}");
    assertThat(problemsOf(book.resolve("twice"), null))
        .contains("recipe twice: encoder.light: it is in the recipe twice; take one entry out");
  }

  @Test
  void settingsOutOfRangeAreRefused() throws IOException {
    assertThat(
            problemsOf(
                "{\"base\": \"full\", \"bundles\": [{\"id\": \"sampler.steps\", \"config\": {\"steps\": 0}}]}"))
        .containsExactly(
            "recipe wrong: sampler.steps: illegal steps: 0, must be between 1 and 1000; mend the recipe");
  }

  @Test
  void packsAndTheirPartsAreCheckedBeforeAnythingRuns() throws IOException {
    FakePlugins.addBlind(registry);
    String entry = "\"bundles\": [{\"id\": \"encoder.blind\"}]";
    assertThat(problemsOf("{\"base\": \"full\", " + entry + "}"))
        .containsExactly(
            "recipe wrong: encoder.blind: it needs weights and the recipe names no pack; "
                + "give one with --pack; see 'maestro packs list'");
    recipe("wrong", "{\"base\": \"full\", \"pack\": \"empty\", " + entry + "}");
    assertThat(problemsOf(book.resolve("wrong"), packs(List.of())))
        .containsExactly(
            "recipe wrong: encoder.blind: pack empty has no part 'encoder.blind'; "
                + "choose a pack that has it, or take encoder.blind out of the recipe");
    recipe("wrong", "{\"base\": \"full\", \"pack\": \"none\"}");
    assertThat(problemsOf(book.resolve("wrong"), packs(List.of())))
        .containsExactly(
            "recipe wrong: pack none: there is no such pack; see 'maestro packs list'");
    recipe("right", "{\"base\": \"full\", \"pack\": \"empty\", " + entry + "}");
    assertThat(graph(packs(List.of("encoder.blind"))).check(book.resolve("right"))).isEmpty();
  }

  @Test
  void aControlTheDenoiserDoesNotKnowIsRefused() throws IOException {
    registry.with(StyleControl.class, "control.unknown", "d9", new FakePlugins().new Level());
    recipe("wrong", "{\"base\": \"full\", \"bundles\": [{\"id\": \"control.unknown\"}]}");
    assertThat(problemsOf(book.resolve("wrong"), null))
        .containsExactly(
            "recipe wrong: control.unknown: denoiser.echo of this pack was trained for drawn, level;"
                + " take control.unknown out, or train a branch that knows it; see 'maestro train"
                + " --help'");
  }

  @Test
  void whatIsOptionalMayBeMissingAndIsNamed() throws IOException {
    FakePlugins.addBlind(registry);
    recipe(
        "lenient",
        """
        {"base": "full", "bundles": [{"id": "encoder.blind", "optional": true},
          {"id": "encoder.gone", "optional": true}]}
        """);
    assertThat(graph(null).check(book.resolve("lenient")))
        .hasSize(2)
        .anyMatch(line -> line.startsWith("encoder.blind left out: "))
        .anyMatch(line -> line.startsWith("encoder.gone left out: "));
  }

  @Test
  void aSettingReachesEveryBundleThatHasIt() throws IOException {
    for (String name : List.of("encoder.composer", "encoder.affect", "encoder.elsewhere")) {
      registry.with(
          VisualEncoder.class,
          name,
          "d9",
          List.of(FakeRegistry.word("composer")),
          settings -> new FakePlugins.Blind());
    }
    recipe(
        "manner",
        """
        {"base": "full", "bundles": [{"id": "encoder.composer"},
          {"id": "encoder.affect", "config": {"composer": "ravel"}}]}
        """);
    ResolvedRecipe resolved = book.resolve("manner");
    ResolvedRecipe changed = resolved.withSetting(registry, "composer", "satie").orElseThrow();
    assertThat(changed.recipe().bundles())
        .hasSameSizeAs(resolved.recipe().bundles())
        .filteredOn(entry -> entry.config().containsKey("composer"))
        .allMatch(entry -> entry.config().equals(Map.of("composer", "satie")))
        .extracting(Recipe.Entry::id)
        .containsExactly("encoder.composer", "encoder.affect");
    assertThat(resolved.withSetting(registry, "engine", "onnx")).isEmpty();
  }

  @Test
  void leasesOfACheckAreGivenBack() throws IOException {
    graph(null).check(book.resolve("full"));
    assertThat(registry.open).hasValue(0);
  }

  @Test
  void aNewRecipeGoesToTheUsersOwnFolderAndWinsOverNone() {
    Path file = book.create(Recipe.of("mine", Map.of("name", "mine", "base", "full")));
    assertThat(file).isEqualTo(folder.resolve("own/mine.json"));
    assertThat(book.names()).containsExactly("full", "mine");
    assertThat(book.resolve("mine").recipe().bundles()).hasSize(7);
    assertThatThrownBy(() -> book.create(Recipe.of("full", Map.of("name", "full"))))
        .hasMessageContaining("there is a recipe of that name");
    assertThatThrownBy(() -> book.create(Recipe.of("../x", Map.of("name", "../x"))))
        .hasMessageContaining("not a name for a recipe");
  }

  @Test
  void whatIsWrittenReadsBackTheSame() throws IOException {
    List<Recipe> recipes = new ArrayList<>();
    for (String name : book.names()) {
      recipes.add(book.recipe(name));
    }
    assertThat(recipes)
        .isNotEmpty()
        .allSatisfy(r -> assertThat(Recipe.parse("x", r.toJson())).isEqualTo(r));
  }

  private static PackRepository packs(List<String> parts) {
    return new PackRepository() {
      @Override
      public List<String> names() {
        return List.of("empty");
      }

      @Override
      public ModelPack open(String name) {
        if (!name.equals("empty")) {
          throw new MaestroException(
              MaestroException.Kind.CONFIGURATION,
              "pack " + name,
              "there is no such pack",
              "see 'maestro packs list'");
        }
        return new ModelPack() {
          @Override
          public String name() {
            return name;
          }

          @Override
          public boolean untrained() {
            return true;
          }

          @Override
          public List<String> parts() {
            return parts;
          }

          @Override
          public Optional<PackPart> part(String part) {
            return parts.contains(part)
                ? Optional.of(
                    new PackPart(
                        part,
                        Path.of("x"),
                        "digest",
                        Map.of("controls", Map.of("melody", Map.of("channels", 12)))))
                : Optional.empty();
          }
        };
      }
    };
  }
}
