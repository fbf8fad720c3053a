package maestro.graph.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import maestro.api.MaestroException;
import maestro.api.node.Cues;
import maestro.api.node.Extent;
import maestro.api.node.Kind;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Timing.Span;
import maestro.api.node.Values;
import maestro.api.sound.Sound;
import maestro.graph.recipe.ResolvedRecipe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that run once per cue. */
final class CueNodesTest {
  @TempDir Path folder;
  private final FakeMedia media = new FakeMedia();
  private final FakeRegistry registry = new FakePlugins().registry();
  private final List<Span> played = new ArrayList<>();
  private List<Span> cues = List.of(new Span(0, 0.5), new Span(0.5, 1), new Span(1.2, 1.5));
  private Path film;

  private record Fake(
      List<Port> inputs, List<Port> outputs, BiFunction<Values, NodeContext, Values> work)
      implements Node {
    @Override
    public Values run(Values in, NodeContext run) {
      return work.apply(in, run);
    }
  }

  @BeforeEach
  void makeNodes() throws IOException {
    film = FakeMedia.film(folder, "clip.mp4", 1.5);
    node(
        "cues.list",
        List.of(Port.of(Kinds.FILM, Extent.FILM)),
        Port.of(Kinds.CUES, Extent.FILM),
        (in, run) -> Values.of(Kinds.CUES, new Cues(cues)));
    node(
        "sound.cue",
        List.of(Port.of(Kinds.NOISE, Extent.CUE)),
        Port.of(Kinds.SOUND, Extent.CUE),
        this::play);
  }

  private void node(
      String name, List<Port> inputs, Port output, BiFunction<Values, NodeContext, Values> work) {
    registry.with(
        Node.class,
        name,
        name + cues,
        List.of(),
        settings -> new Fake(inputs, List.of(output), work));
  }

  /** As many ones as the cue has tenths of a second. */
  private Values play(Values in, NodeContext run) {
    assertThat(in.port("cue")).as("the list is not handed over").isEmpty();
    Span cue = run.span();
    played.add(cue);
    float[] ones = new float[(int) Math.round(10 * (cue.endSeconds() - cue.beginSeconds()))];
    java.util.Arrays.fill(ones, 1 + run.index());
    return Values.of(Kinds.SOUND, Sound.mono(ones, 10));
  }

  private GenerationGraph graph() {
    return new GenerationGraph(
        registry, null, FakePlugins.roles(), media, media, folder.resolve("home"), 1 << 24, "test");
  }

  private static ResolvedRecipe recipe(String... ids) {
    return ResolvedRecipe.parse(
        "cues", "{\"bundles\": [{\"id\": \"" + String.join("\"}, {\"id\": \"", ids) + "\"}]}");
  }

  private ScoreResult score(String... ids) {
    return graph()
        .score(
            new ScoreRequest(recipe(ids), film, Optional.empty(), Optional.empty()),
            RunObserver.NOBODY);
  }

  private void refuses(String sentence, String... ids) {
    assertThatThrownBy(() -> graph().check(recipe(ids)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining(sentence);
  }

  private static <T> Port gives(Kind<T> kind, Extent extent) {
    return Port.of(kind, extent);
  }

  @Test
  void aNodeRunsOncePerCueAndItsValuesAreJoined() {
    ScoreResult result = score("cues.list", "sound.cue");
    assertThat(played).containsExactlyElementsOf(cues);
    assertThat(result.computed()).isEqualTo(4);
    assertThat(result.score().sound().channels()[0])
        .containsExactly(1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0, 0, 3, 3, 3);
  }

  @Test
  void aChangedCueMakesOnlyItsOwnValuesAgain() throws IOException {
    score("cues.list", "sound.cue");
    cues = List.of(new Span(0, 0.5), new Span(0.5, 1.1), new Span(1.2, 1.5));
    makeList();
    played.clear();
    assertThat(score("cues.list", "sound.cue").computed()).isEqualTo(2);
    assertThat(played).containsExactly(new Span(0.5, 1.1));
  }

  private void makeList() {
    node(
        "cues.list",
        List.of(),
        gives(Kinds.CUES, Extent.FILM),
        (in, run) -> Values.of(Kinds.CUES, new Cues(cues)));
  }

  @Test
  void withoutAListTheFilmIsOneCue() {
    assertThat(score("sound.cue").score().sound().channels()[0]).hasSize(15).containsOnly(1);
    assertThat(played).containsExactly(new Span(0, 1.5));
  }

  @Test
  void cuesOutsideOfTheScoreAreLeftOutAndNoneAtAllIsRefused() {
    cues = List.of(new Span(1, 3), new Span(4, 5));
    makeList();
    score("cues.list", "sound.cue");
    assertThat(played).containsExactly(new Span(1, 1.5));
    cues = List.of(new Span(4, 5));
    makeList();
    assertThatThrownBy(() -> score("cues.list", "sound.cue"))
        .hasMessageContaining("cues.list: none of its 1 cues lies between 0.0 and 1.5 s");
  }

  @Test
  void aJobGoesOnFromValuesThatWereKept() {
    Path kept = folder.resolve("kept");
    ScoreRequest request =
        new ScoreRequest(
            recipe("cues.list", "sound.cue"), film, Optional.empty(), Optional.empty());
    float[] first =
        graph()
            .score(request.withValues(Optional.of(kept), Optional.empty()), RunObserver.NOBODY)
            .score()
            .sound()
            .channels()[0];
    assertThat(kept.resolve("sound.cue.0002.safetensors")).exists();
    played.clear();
    ScoreResult again =
        graph()
            .uncached()
            .score(request.withValues(Optional.empty(), Optional.of(kept)), RunObserver.NOBODY);
    assertThat(again.score().sound().channels()[0]).isEqualTo(first);
    assertThat(played).isEmpty();
  }

  @Test
  void whatCannotBeCutOrJoinedIsRefusedBeforeAnythingRuns() {
    node("mel.cue", List.of(), gives(Kinds.MEL, Extent.CUE), (in, run) -> Values.none());
    refuses(
        "it takes the mel of a window and mel.cue gives one per cue", "mel.cue", "vocoder.hold");
    node(
        "sound.of-window",
        List.of(Port.of(Kinds.NOISE, Extent.CUE)),
        gives(Kinds.SOUND, Extent.WINDOW),
        (in, run) -> Values.none());
    refuses("it takes the noise of one cue and gives one value per window", "sound.of-window");
    node(
        "sound.of-cue",
        List.of(Port.of(Kinds.NOISE, Extent.WINDOW)),
        gives(Kinds.SOUND, Extent.CUE),
        (in, run) -> Values.none());
    refuses("it takes the noise of one window and gives one value per cue", "sound.of-cue");
    node(
        "sound.whole",
        List.of(Port.of(Kinds.MEL, Extent.FILM)),
        gives(Kinds.SOUND, Extent.FILM),
        (in, run) -> Values.none());
    refuses(
        "it takes the mel of the whole film and mel.cue gives one per cue",
        "mel.cue",
        "sound.whole");
  }

  @Test
  void twoListsAreRefused() {
    node("cues.other", List.of(), gives(Kinds.CUES, Extent.FILM), (in, run) -> Values.none());
    refuses("cues.list, cues.other give one each", "cues.list", "cues.other", "sound.cue");
  }

  @Test
  void aListThatDependsOnItsOwnCuesIsRefused() {
    node(
        "cues.list",
        List.of(Port.of(Kinds.MEL, Extent.FILM)),
        gives(Kinds.CUES, Extent.FILM),
        (in, run) -> Values.none());
    node("mel.cue", List.of(), gives(Kinds.MEL, Extent.CUE), (in, run) -> Values.none());
    refuses("from itself", "cues.list", "mel.cue", "sound.cue");
  }
}
