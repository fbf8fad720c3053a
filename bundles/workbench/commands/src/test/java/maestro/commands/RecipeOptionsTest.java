package maestro.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.film.FilmClip;
import maestro.api.film.VisualEncoder;
import maestro.api.media.MediaReader;
import maestro.api.node.Node;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.FakeRegistry;
import org.junit.jupiter.api.Test;

class RecipeOptionsTest {
  private final FakeRegistry registry = new FakeRegistry();
  private final RecipeOptions options = new RecipeOptions();

  RecipeOptionsTest() {
    for (String id : List.of("source.composer", "encoder.affect")) {
      registry.with(
          id.startsWith("source") ? Node.class : VisualEncoder.class,
          id,
          "d",
          List.of(FakeRegistry.word("composer"), FakeRegistry.word("engine")),
          settings -> null);
    }
    registry.with(VisualEncoder.class, "encoder.light", "d", null);
  }

  private Map<String, Object> config(String id) {
    List<Map<String, String>> bundles =
        List.of(
            Map.of("id", "encoder.light"),
            Map.of("id", "encoder.affect"),
            Map.of("id", "source.composer"));
    ResolvedRecipe chosen = ResolvedRecipe.of(Recipe.of("three", Map.of("bundles", bundles)));
    return options.resolve(chosen, registry).recipe().bundles().stream()
        .filter(entry -> entry.id().equals(id))
        .findFirst()
        .orElseThrow()
        .config();
  }

  @Test
  void aComposerIsToldToTheOneNodeThatGivesHim() {
    options.composer = "satie";
    assertThat(config("source.composer")).containsExactly(Map.entry("composer", "satie"));
    assertThat(config("encoder.affect")).isNullOrEmpty();
    assertThat(config("encoder.light")).isNullOrEmpty();
  }

  @Test
  void aSettingByNameGoesBeforeOneForAll() {
    options.composer = "satie";
    options.engine = "pytorch";
    options.settings.put("encoder.affect.composer", "");
    options.settings.put("source.composer.engine", "onnx");
    assertThat(config("source.composer"))
        .containsOnly(Map.entry("composer", "satie"), Map.entry("engine", "onnx"));
    assertThat(config("encoder.affect"))
        .containsOnly(Map.entry("composer", ""), Map.entry("engine", "pytorch"));
  }

  @Test
  void withoutTakesBundlesOutAsAnAblationDoes() {
    options.without = List.of("encoder.light");
    List<Map<String, String>> bundles =
        List.of(Map.of("id", "encoder.light"), Map.of("id", "encoder.affect"));
    ResolvedRecipe chosen = ResolvedRecipe.of(Recipe.of("two", Map.of("bundles", bundles)));
    assertThat(options.resolve(chosen, registry).recipe().bundles())
        .extracting(Recipe.Entry::id)
        .containsExactly("encoder.affect");
  }

  /** The engine that a score of so many seconds runs on, where a faster one is there. */
  private Object engine(double seconds, Map<String, Object> settings) {
    Map<String, Object> fields = new HashMap<>(settings);
    fields.putIfAbsent("bundles", List.of(Map.of("id", "encoder.affect")));
    ResolvedRecipe chosen = ResolvedRecipe.of(Recipe.of("one", fields));
    MediaReader media =
        (MediaReader)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {MediaReader.class},
                (proxy, method, arguments) ->
                    new FilmClip((Path) arguments[0], "d", 1, 1, 24, seconds, false));
    return options
        .suited(
            options.resolve(chosen, registry),
            registry,
            device -> Optional.of("faster"),
            media,
            Path.of("film.mp4"))
        .recipe()
        .bundles()
        .get(0)
        .config()
        .get("engine");
  }

  @Test
  void aLongScoreTakesTheEngineThatSuitsTheMachine() {
    assertThat(engine(59, Map.of())).isNull();
    assertThat(engine(61, Map.of())).isEqualTo("faster");
    assertThat(engine(600, Map.of("durationSeconds", 10))).isNull();
    assertThat(engine(600, Map.of("startSeconds", 590))).isNull();
  }

  @Test
  void anEngineThatIsAskedForStays() {
    assertThat(
            engine(
                600,
                Map.of(
                    "bundles",
                    List.of(Map.of("id", "encoder.affect", "config", Map.of("engine", "onnx"))))))
        .isEqualTo("onnx");
    options.engine = "pytorch";
    assertThat(engine(600, Map.of())).isEqualTo("pytorch");
    options.engine = "auto";
    assertThat(engine(600, Map.of())).isEqualTo("faster");
  }
}
