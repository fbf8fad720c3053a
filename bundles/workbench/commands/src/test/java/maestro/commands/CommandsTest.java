package maestro.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import maestro.api.run.Noise;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Safetensors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandsTest {
  @TempDir Path folder;
  private Kitchen kitchen;
  private Path film;

  @BeforeEach
  void open() throws IOException {
    kitchen = new Kitchen(folder);
    film = kitchen.film("clip.mp4", 1);
  }

  private ScoreCommand score() {
    ScoreCommand command = new ScoreCommand();
    command.graph = kitchen.graph;
    command.media = kitchen;
    command.book = kitchen.book;
    command.registry = kitchen;
    return command;
  }

  private GraphCommand graph() {
    GraphCommand command = new GraphCommand();
    command.graph = kitchen.graph;
    command.book = kitchen.book;
    command.registry = kitchen;
    return command;
  }

  private TransferCommand transfer() {
    TransferCommand command = new TransferCommand();
    command.graph = kitchen.graph;
    command.media = kitchen;
    command.book = kitchen.book;
    command.registry = kitchen;
    return command;
  }

  private ReplayCommand replay() {
    ReplayCommand command = new ReplayCommand();
    command.graph = kitchen.graph;
    command.registry = kitchen;
    command.media = kitchen;
    return command;
  }

  private RecipesCommand recipes() {
    RecipesCommand command = new RecipesCommand();
    command.book = kitchen.book;
    command.graph = kitchen.graph;
    command.registry = kitchen;
    return command;
  }

  private FeaturesCommand features() {
    FeaturesCommand command = new FeaturesCommand();
    command.graph = kitchen.graph;
    command.book = kitchen.book;
    command.registry = kitchen;
    command.media = kitchen;
    return command;
  }

  private StageCommand stage() {
    StageCommand command = new StageCommand();
    command.registry = kitchen;
    return command;
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(kitchen.out());
  }

  @Test
  void scoresAFilmAndSaysHow() throws IOException {
    assertThat(kitchen.run(score(), film, "-o", folder.resolve("out.wav"), "--seed", "9")).isZero();
    assertThat(kitchen.out())
        .contains(
            "1.00 s of music",
            "seed 9",
            "film condition: encoder.grey 100 %",
            "denoiser.grey is a toy");
    assertThat(folder.resolve("out.wav")).content().startsWith("16000\n");
    assertThat(kitchen.run(score(), film, "-o", folder.resolve("out.wav"), "--seed", "9", "--json"))
        .isZero();
    assertThat(json().get("computed").intValue()).isZero();
    assertThat(json().get("remarks")).hasSize(1);
  }

  @Test
  void settingsOfTheCommandLineReachTheBundle() {
    assertThat(
            kitchen.run(
                score(), film, "-o", folder.resolve("o.wav"), "--set", "sampler.jump.steps=17"))
        .isZero();
    assertThat(kitchen.lastSteps()).isEqualTo(17);
  }

  @Test
  void wrongSettingsAreRefusedInAPlainSentence() {
    Path out = folder.resolve("o.wav");
    Map.of(
            "sampler.jump.steps=many",
                "--set: illegal sampler.jump.steps: many; give a value of type Integer",
            "sampler.jump.stepz=3",
                "recipe film-score: sampler.jump: it has no setting stepz; mend it",
            "encoder.clip.width=3", "--set: encoder.clip is not in recipe film-score; use one of",
            "guidance=3", "recipe with --set: unknown field 'guidance'",
            "guidanceScale=lots", "--set: guidanceScale=lots: lots is no number; write")
        .forEach(
            (setting, message) -> {
              assertThat(kitchen.run(score(), film, "-o", out, "--set", setting)).isBetween(2, 4);
              assertThat(kitchen.err()).startsWith(message);
            });
    assertThat(kitchen.run(score(), film, "-o", out, "--maestro", "satie")).isEqualTo(2);
    assertThat(kitchen.err())
        .startsWith("--maestro: recipe film-score has no part that takes a composer; leave it out");
    assertThat(kitchen.run(score(), film, "-o", out, "--engine", "pytorch")).isEqualTo(2);
    assertThat(kitchen.err()).contains("no bundle of recipe film-score has a choice of engine");
    assertThat(out).doesNotExist();
  }

  @Test
  void missingFilmsAndRecipesAreNamed() {
    assertThat(kitchen.run(score(), folder.resolve("no.mp4"), "-o", folder.resolve("o.wav")))
        .isEqualTo(3);
    assertThat(kitchen.run(score(), film, "-o", folder.resolve("o.wav"), "--recipe", "filmscore"))
        .isEqualTo(3);
    assertThat(kitchen.err())
        .isEqualTo(
            "recipe filmscore: there is no recipe of that name; use one of film-score, style-transfer");
  }

  @Test
  void transferTakesTheControlsItIsGiven() throws IOException {
    Path style = kitchen.film("style.ogg", 1);
    Path out = folder.resolve("o.wav");
    assertThat(kitchen.run(transfer(), film, "--style", style, "-o", out, "--control", "melody"))
        .isZero();
    String manifest = kitchen.provenance(out).manifest();
    assertThat(manifest).contains("control.melody", "style.ogg").doesNotContain("control.dynamics");
    assertThat(kitchen.run(transfer(), film, "--style", style, "-o", out)).isZero();
    assertThat(kitchen.provenance(out).manifest()).contains("control.melody", "control.dynamics");
    assertThat(kitchen.run(transfer(), film, "--style", style, "-o", out, "--control", "tempo"))
        .isEqualTo(4);
    assertThat(kitchen.err())
        .startsWith("recipe style-transfer: control.tempo: it is not installed");
  }

  @Test
  void replayMakesTheSameBitsAndFindsItsSources() throws IOException {
    Path style = kitchen.film("style.ogg", 1);
    Path out = folder.resolve("o.wav");
    kitchen.run(transfer(), film, "--style", style, "-o", out);
    int passes = kitchen.decoded.get();
    assertThat(kitchen.run(replay(), out, "--json")).isZero();
    assertThat(json().get("identical").booleanValue()).isTrue();
    assertThat(kitchen.decoded.get()).isEqualTo(passes + 1);
    assertThat(folder.resolve("o-replay.wav")).hasSameBinaryContentAs(out);

    Path moved = Files.createDirectory(folder.resolve("elsewhere")).resolve("renamed.mp4");
    Files.move(film, moved);
    assertThat(kitchen.run(replay(), out)).isEqualTo(3);
    assertThat(kitchen.err())
        .startsWith("clip.mp4: it is neither beside the result nor in the current folder");
    assertThat(kitchen.run(replay(), out, "--film", moved)).isZero();
    Files.writeString(moved, "1.0 ");
    assertThat(kitchen.run(replay(), out, "--film", moved)).isEqualTo(3);
    assertThat(kitchen.err()).contains("is not the file the result was made from");
  }

  @Test
  void namesInAManifestThatAreNoneAndAFileWithoutEndingAreRefused() throws IOException {
    Path out = folder.resolve("o.wav");
    assertThat(kitchen.run(score(), film, "-o", out)).isZero();
    String manifest = kitchen.provenance(out).manifest();
    for (String name : List.of("/", "a\\u0000b", "..", "x/", "\\\\")) {
      Path changed = folder.resolve("changed.wav");
      String other = manifest.replace("\"clip.mp4\"", "\"" + name + "\"");
      assertThat(other).isNotEqualTo(manifest);
      kitchen.wav(changed, Sound.mono(new float[1], 16_000), new Provenance(other));
      assertThat(kitchen.run(replay(), changed)).as(name).isEqualTo(3);
    }
    Path plain = Files.copy(out, folder.resolve("plain"));
    assertThat(kitchen.run(replay(), plain)).isEqualTo(3);
    assertThat(kitchen.run(replay(), plain, "-o", folder.resolve("again.wav"))).isZero();
  }

  @Test
  void aResultIsReplayedAfterItsPluginsWereRenamed() throws IOException {
    Path out = folder.resolve("o.wav");
    kitchen.run(score(), film, "-o", out, "--set", "sampler.jump.steps=3");
    kitchen.rename("encoder.pad", "fusion.pad");
    kitchen.rename("sampler.jump", "sampler.leap");
    assertThat(kitchen.run(replay(), out, "--json")).isZero();
    assertThat(kitchen.lastSteps()).isEqualTo(3);
    Path again = folder.resolve("o-replay.wav");
    assertThat(kitchen.run(replay(), again, "--show")).isZero();
    assertThat(kitchen.out()).contains("fusion.pad", "sampler.leap").doesNotContain("encoder.pad");
  }

  @Test
  void oldNamesOnTheCommandLineAreTodaysPlugins() throws IOException {
    kitchen.rename("encoder.pad", "fusion.pad");
    kitchen.rename("sampler.jump", "sampler.leap");
    Path out = folder.resolve("o.wav");
    assertThat(kitchen.run(score(), film, "-o", out, "--set", "sampler.jump.steps=3")).isZero();
    assertThat(kitchen.lastSteps()).isEqualTo(3);
    assertThat(kitchen.run(recipes(), "new", "mine", "--without", "encoder.pad")).isZero();
    assertThat(kitchen.run(recipes(), "show", "mine", "--as-written")).isZero();
    assertThat(kitchen.out()).contains("fusion.pad");
    assertThat(kitchen.run(recipes(), "check", "mine")).isEqualTo(4);
    assertThat(kitchen.err())
        .startsWith(
            "recipe mine: denoiser.grey: it needs a condition and nothing gives one; add one");
  }

  @Test
  void recipesAreListedShownCheckedAndMade() throws IOException {
    assertThat(kitchen.run(recipes(), "list")).isZero();
    assertThat(kitchen.out()).contains("film-score", "style-transfer");
    assertThat(kitchen.run(recipes(), "new", "mine", "--without", "encoder.grey")).isZero();
    assertThat(kitchen.run(recipes(), "show", "mine", "--json")).isZero();
    assertThat(json().at("/recipe/bundles")).hasSize(5);
    assertThat(kitchen.run(recipes(), "check", "mine")).isEqualTo(4);
    assertThat(kitchen.err())
        .startsWith("recipe mine: encoder.pad: it needs a feature and nothing gives one; add one");
    assertThat(kitchen.run(recipes(), "check", "mine", "--json")).isEqualTo(4);
    assertThat(json().get("problems")).hasSize(1);
    assertThat(kitchen.run(recipes(), "check", "film-score")).isZero();
  }

  @Test
  void theSchemaOfRecipesKnowsThePluginsThatAreOnAndTheirSettings() throws IOException {
    assertThat(kitchen.run(recipes(), "schema", "--json")).isZero();
    JsonNode entry = json().at("/properties/bundles/items");
    assertThat(entry.at("/properties/id/anyOf").findValuesAsText("const"))
        .contains("encoder.grey", "sampler.jump");
    JsonNode steps = null;
    for (JsonNode one : entry.get("allOf")) {
      if (one.at("/if/properties/id/const").asText().equals("sampler.jump")) {
        steps = one.at("/then/properties/config/properties/steps");
      }
    }
    assertThat(steps).isNotNull();
    assertThat(steps.get("type").asText()).isEqualTo("integer");
    assertThat(steps.get("minimum").doubleValue()).isEqualTo(1);
    assertThat(steps.get("maximum").doubleValue()).isEqualTo(99);
    // Every field of every recipe at hand is one the schema knows.
    for (String recipe : List.of("film-score", "style-transfer")) {
      JsonNode fields = json().get("properties");
      new com.fasterxml.jackson.databind.ObjectMapper()
          .readTree(folder.resolve("recipes/" + recipe + ".json").toFile())
          .fieldNames()
          .forEachRemaining(field -> assertThat(fields.has(field)).as(field).isTrue());
    }
  }

  @Test
  void theGraphOfARecipeIsShownAndDrawnWithWhatTheCacheHas() throws IOException {
    assertThat(kitchen.run(graph(), "film-score")).isZero();
    assertThat(kitchen.out())
        .contains("encoder.pad", "condition (window)", "feature of encoder.grey");
    assertThat(kitchen.run(score(), film, "-o", folder.resolve("o.wav"))).isZero();
    for (String ending : List.of("svg", "dot", "json")) {
      Path picture = folder.resolve("graph." + ending);
      assertThat(kitchen.run(graph(), "film-score", "--film", film, "-o", picture)).isZero();
      assertThat(picture).content().contains("sampler.jump", "latent");
    }
    assertThat(kitchen.out()).contains("sampler.jump", "2 of 2 in the cache");
    assertThat(kitchen.run(graph(), "film-score", "--without", "encoder.grey")).isEqualTo(4);
    assertThat(kitchen.run(graph(), "film-score", "-o", folder.resolve("graph.png"))).isEqualTo(2);
  }

  @Test
  void aReplayWantsTheCurvesOfItsResult() throws IOException {
    Path curve = Files.writeString(folder.resolve("ramp.csv"), "0,1\n2,3\n");
    Path out = folder.resolve("o.wav");
    assertThat(
            kitchen.run(
                score(), film, "-r", "style-transfer", "-o", out, "--curve", "dynamics=" + curve))
        .as(kitchen.err())
        .isZero();
    Path again = folder.resolve("again.wav");
    assertThat(kitchen.run(replay(), out, "-o", again)).as(kitchen.err()).isZero();
    Path moved = Files.move(curve, folder.resolve("moved.csv"));
    assertThat(kitchen.run(replay(), out, "-o", again)).isEqualTo(3);
    assertThat(kitchen.err()).contains("ramp.csv", "--curve control.dynamics=FILE");
    assertThat(kitchen.run(replay(), out, "-o", again, "--curve", "dynamics=" + moved)).isZero();
  }

  @Test
  void everyValueThatFlowedIsKeptAndAnyOfThemIsTakenInAgain() throws IOException {
    Path values = folder.resolve("values");
    Path first = folder.resolve("first.wav");
    assertThat(kitchen.run(score(), film, "-o", first, "--keep", values)).isZero();
    assertThat(values.resolve("encoder.grey.0000.safetensors")).isRegularFile();
    Path mel = values.resolve("codec.grey.0000.safetensors");
    assertThat(Safetensors.read(mel).get("mel").shape()).containsExactly(64, 64);
    Path only = Files.createDirectory(folder.resolve("only"));
    Files.copy(mel, only.resolve(mel.getFileName()));
    Path again = folder.resolve("again.wav");
    assertThat(kitchen.run(score(), film, "-o", again, "--from", only, "--seed", "8")).isZero();
    assertThat(kitchen.run(score(), film, "-o", again, "--from", folder.resolve("recipes")))
        .isEqualTo(3);
    assertThat(kitchen.err()).contains("it holds no value of this recipe");
  }

  @Test
  void featuresGoToAFileWithTheirTimeLine() {
    Path out = folder.resolve("f.safetensors");
    assertThat(kitchen.run(features(), film, "--encoder", "grey", "-o", out)).isZero();
    NamedTensors tensors = Safetensors.read(out);
    assertThat(tensors.get("grey").values()).containsExactly(10);
    assertThat(tensors.get("grey.timeline").shape()).containsExactly(10, 2);
    assertThat(tensors.metadata()).containsEntry("grey.timeline.channels", "light,cut");
  }

  @Test
  void aFolderIsWorkedThroughPastBadFilmsAndContinues() throws IOException {
    Path films = Files.createDirectories(folder.resolve("films/more")).getParent();
    kitchen.film("films/a.mp4", 1);
    kitchen.film("films/more/b.mp4", 2);
    Files.writeString(films.resolve("bad.mp4"), "not a number");
    Path out = folder.resolve("features");
    assertThat(kitchen.run(features(), films, "-o", out, "--json")).isEqualTo(3);
    assertThat(json().get("written").intValue()).isEqualTo(2);
    assertThat(json().at("/bad/bad.mp4").textValue()).isEqualTo("not a film; give another");
    assertThat(out.resolve("more/b.mp4.safetensors")).isRegularFile();

    Files.delete(films.resolve("bad.mp4"));
    Files.writeString(
        out.resolve("a.mp4.safetensors"), "cut off"); // as a crash of the machine may leave it
    assertThat(kitchen.run(features(), films, "-o", out, "--json")).isZero();
    assertThat(json().get("skipped").intValue()).isEqualTo(1);
    assertThat(json().get("written").intValue()).isEqualTo(1);
  }

  @Test
  void aStageRunsByItself() {
    Path in = folder.resolve("in.safetensors");
    Path out = folder.resolve("out.safetensors");
    float[] mel = new Noise(1).gaussian("mel", 2 * 32 * 64);
    Safetensors.write(in, NamedTensors.of("mel", FloatTensor.of(mel, 2, 32, 64)));
    assertThat(kitchen.run(stage(), "vae-encode", "--in", in, "-o", out)).isZero();
    assertThat(Safetensors.read(out).get("latent").shape()).containsExactly(2, 1, 32, 64);
    Path back = folder.resolve("back.safetensors");
    assertThat(kitchen.run(stage(), "vae-decode", "--in", out, "-o", back)).isZero();
    assertThat(Safetensors.read(back).get("mel").values()[77]).isCloseTo(mel[77], within(1e-5f));
    assertThat(kitchen.run(stage(), "vocoder", "--in", back, "-o", out)).isZero();
    assertThat(Safetensors.read(out).get("waveform").shape()).containsExactly(2, 1, 32 * 160);
  }

  @Test
  void aStageRefusesWhatItCannotTake() {
    Path in = folder.resolve("in.safetensors");
    Path out = folder.resolve("out.safetensors");
    Safetensors.write(in, NamedTensors.of("latent", FloatTensor.of(new float[6], 2, 3)));
    assertThat(kitchen.run(stage(), "vae-encode", "--in", in, "-o", out)).isEqualTo(3);
    assertThat(kitchen.err()).startsWith("in.safetensors: it has no tensor 'mel' among [latent]");
    assertThat(kitchen.run(stage(), "vae-decode", "--in", in, "-o", out)).isEqualTo(3);
    assertThat(kitchen.err())
        .startsWith("in.safetensors: tensor 'latent' has shape [2, 3]; give [any, any, any, any]");
    assertThat(kitchen.run(stage(), "decode", "--in", in, "-o", out)).isEqualTo(2);
    assertThat(kitchen.err())
        .startsWith("stage: there is no stage 'decode'; use one of denoiser, fusion");
    assertThat(kitchen.run(stage(), "fusion")).isEqualTo(2);
    assertThat(out).doesNotExist();
  }

  @Test
  void controlsHaveAsManyFramesAsTheMel() {
    ControlsCommand command = new ControlsCommand();
    command.media = kitchen;
    command.registry = kitchen;
    Path out = folder.resolve("c.safetensors");
    assertThat(kitchen.run(command, film, "-o", out)).isZero();
    assertThat(Safetensors.read(out).get("melody").shape()).containsExactly(50, 12);
    assertThat(Safetensors.read(out).get("dynamics").shape()).containsExactly(50, 1);
  }
}
