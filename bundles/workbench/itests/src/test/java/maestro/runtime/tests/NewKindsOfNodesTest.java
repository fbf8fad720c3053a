package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kinds of nodes that the framework has never heard of, each in a bundle of its own: words that
 * condition the denoiser, a stage after the vocoder, a second control net, and cues.
 */
final class NewKindsOfNodesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FILM =
      Path.of("../../../distribution/samples/sintel-10s.mp4").toAbsolutePath().normalize();
  private static final List<String> SHIPPED =
      List.of(
          "maestro.engine.djl",
          "maestro.engine.onnx",
          "maestro.engine.av",
          "maestro.checkpoint",
          "maestro.tensor",
          "maestro.networks",
          "maestro.signal",
          "maestro.statistics",
          "maestro.plots",
          "maestro.graph",
          "maestro.roles",
          "maestro.media",
          "maestro.packs",
          "maestro.commands",
          "maestro.encoder.cinematic",
          "maestro.picture",
          "maestro.fusion.concat",
          "maestro.latent.vm-unet",
          "maestro.sampler.ddim",
          "maestro.vocoder.griffin-lim");
  private static final String PARTS =
      """
      "bundles": [%s {"id": "denoiser.vm-unet"}, {"id": "codec.music-vae"},
        {"id": "sampler.ddim", "config": {"steps": 2}}, {"id": "vocoder.griffin-lim"} %s],
      "pack": "tiny", "melFrames": 64, "durationSeconds": 1, "crossFadeSeconds": 0.1,
      "guidanceScale": 2
      """;

  @TempDir Path folder;

  @Test
  void goInRunAreCachedShownAndSwappedWithoutAChangeOfTheFramework() throws Exception {
    Path text = jar("source.text", "text");
    Path higher = jar("sound.super-resolution", "superresolution");
    try (LiveHost host = LiveHost.shipping(folder.resolve("home"), SHIPPED)) {
      assertThat(host.maestro("packs", "synthetic", "tiny").code()).isZero();
      recipe("words", PARTS.formatted("{\"id\": \"source.text\"},", ""));
      assertThat(host.maestro("recipes", "check", "words").code()).as("not installed").isEqualTo(4);
      assertThat(host.maestro("bundles", "install", text.toString()).code()).isZero();
      assertThat(host.maestro("bundles", "install", higher.toString()).code()).isZero();

      JsonNode words = score(host, "words");
      assertThat(words.at("/sampleRateHz").intValue()).isEqualTo(16_000);
      assertThat(words.at("/remarks").toString()).contains("the score is about: sad strings");
      assertThat(words.at("/computed").intValue())
          .as(
              "all but the file, and the condition of the second window, which is that of the first")
          .isEqualTo(words.at("/stages").intValue() - 2);
      JsonNode again = score(host, "words");
      assertThat(again.at("/computed").intValue()).as("all but the file is kept").isZero();

      recipe(
          "higher",
          PARTS.formatted("{\"id\": \"source.text\"},", ", {\"id\": \"sound.super-resolution\"}"));
      JsonNode twice = score(host, "higher");
      assertThat(twice.at("/sampleRateHz").intValue()).isEqualTo(32_000);
      assertThat(twice.at("/seconds").doubleValue()).isEqualTo(1);
      assertThat(twice.at("/computed").intValue()).as("the last node alone").isEqualTo(2);
      assertThat(host.maestro("graph", "higher").out())
          .contains("condition of source.text", "sound of vocoder.griffin-lim");
      assertThat(host.maestro("replay", out("higher").toString(), "--show").out())
          .contains("source.text", "sound.super-resolution");

      Path newer = folder.resolve("newer.jar");
      PluginJars.version(higher, newer, "1.0.1");
      assertThat(host.maestro("bundles", "install", newer.toString()).code()).isZero();
      assertThat(score(host, "higher").at("/computed").intValue())
          .as("what the other build made is made again, and nothing else")
          .isEqualTo(2);

      recipe(
          "both",
          PARTS.formatted(
              "{\"id\": \"encoder.cinematic\"}, {\"id\": \"fusion.concat\"}, {\"id\": \"source.text\"},",
              ""));
      LiveHost.Outcome both = host.maestro("recipes", "check", "both");
      assertThat(both.code()).isEqualTo(4);
      assertThat(both.err()).contains("fusion.concat, source.text give one each", "\"in\"");
      recipe(
          "said",
          PARTS
              .formatted(
                  "{\"id\": \"encoder.cinematic\"}, {\"id\": \"fusion.concat\"}, {\"id\": \"source.text\"},",
                  "")
              .replace(
                  "{\"id\": \"denoiser.vm-unet\"}",
                  "{\"id\": \"denoiser.vm-unet\", \"in\": {\"condition\": \"source.text\"}}"));
      assertThat(host.maestro("recipes", "check", "said").out())
          .contains("can run", "fusion.concat takes no part");
    }
  }

  /** It goes into the denoiser's network, whose S-Control Branch knows nothing of its control. */
  @Test
  void aSecondControlNetSteersTheDenoiserOfAnotherBundle() throws Exception {
    Path net = jar("control-net.pulse", "controlnet");
    String words = "{\"id\": \"source.text\"},";
    String control = words + "{\"id\": \"control.pulse\"},";
    try (LiveHost host = LiveHost.shipping(folder.resolve("home"), SHIPPED)) {
      assertThat(host.maestro("packs", "synthetic", "tiny").code()).isZero();
      for (Path toy : List.of(net, jar("source.text", "text"))) {
        assertThat(host.maestro("bundles", "install", toy.toString()).code()).isZero();
      }
      recipe("without", PARTS.formatted(words, ""));
      recipe("control-alone", PARTS.formatted(control, ""));
      assertThat(host.maestro("recipes", "check", "control-alone").err())
          .contains("control.pulse", "was trained for");
      recipe("net", PARTS.formatted(control + "{\"id\": \"control-net.pulse\"},", ""));
      recipe(
          "weak",
          PARTS.formatted(
              control + "{\"id\": \"control-net.pulse\", \"config\": {\"strength\": 0}},", ""));
      assertThat(host.maestro("recipes", "check", "net").out()).contains("can run");
      assertThat(host.maestro("graph", "net").out()).contains("network-part of control-net.pulse");
      score(host, "without");
      score(host, "net");
      score(host, "weak");
      assertThat(difference("net", "without")).as("it is heard").isGreaterThan(0.1);
      assertThat(difference("weak", "without"))
          .as("at strength 0 it adds zeros to a graph that is compiled anew")
          .isLessThan(0.01);
      assertThat(score(host, "net").at("/computed").intValue()).isZero();
    }
  }

  /** A list of cues, a theme for each cue, and what plays all of them, in one bundle. */
  @Test
  void nodesRunOncePerCueAndAChangedCueMakesOnlyItsOwnValuesAgain() throws Exception {
    try (LiveHost host = LiveHost.shipping(folder.resolve("home"), SHIPPED)) {
      assertThat(host.maestro("bundles", "install", jar("cues", "cues").toString()).code())
          .isZero();
      String cues =
          """
          "bundles": [{"id": "cues.marks", "config": {"at": "%s"}}, {"id": "theme.tone"},
            {"id": "player.tone"}]
          """;
      recipe("cues", cues.formatted("4,7"));
      recipe("moved", cues.formatted("4,7,9"));
      recipe("one", cues.formatted("4,7").replaceFirst("\\{\"id\": \"cues.marks\".*?}},", ""));
      assertThat(host.maestro("graph", "cues").out())
          .contains("theme.tone", "(cue)", "cues of cues.marks", "theme of theme.tone");

      JsonNode first = score(host, "cues");
      assertThat(first.at("/computed").intValue()).as("list, three themes, music").isEqualTo(5);
      assertThat(first.at("/stages").intValue()).as("and the file").isEqualTo(6);
      assertThat(score(host, "cues").at("/computed").intValue()).isZero();
      assertThat(host.maestro("graph", "cues", "--film", FILM.toString()).out())
          .contains("(cue, 3 of 3 in the cache)");
      assertThat(host.maestro("graph", "moved", "--film", FILM.toString()).out())
          .as("its cues are not known before they are made")
          .contains("(cue)");

      assertThat(score(host, "moved").at("/computed").intValue())
          .as("list, the last cue in two, music; the first two cues are kept")
          .isEqualTo(4);
      short[] before = new short[7 * 16_000];
      short[] after = new short[7 * 16_000];
      samples("cues").get(before);
      samples("moved").get(after);
      assertThat(after).as("the cues that stay sound as before").isEqualTo(before);

      assertThat(score(host, "one").at("/computed").intValue())
          .as("without a list of cues the film is one")
          .isEqualTo(2);
    }
  }

  /** How far two scores are apart, as a share of the second one's level. */
  private double difference(String recipe, String other) throws Exception {
    ShortBuffer ours = samples(recipe);
    ShortBuffer theirs = samples(other);
    double apart = 0;
    double level = 0;
    for (int n = 0; n < theirs.limit(); n++) {
      apart += Math.pow(ours.get(n) - theirs.get(n), 2);
      level += Math.pow(theirs.get(n), 2);
    }
    return Math.sqrt(apart / level);
  }

  /** The samples of a WAV file. */
  private ShortBuffer samples(String recipe) throws Exception {
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(out(recipe))).order(ByteOrder.LITTLE_ENDIAN);
    int at = 12;
    while (file.getInt(at) != 0x61746164) { // "data"
      at += 8 + file.getInt(at + 4) + (file.getInt(at + 4) & 1);
    }
    return file.slice(at + 8, file.getInt(at + 4)).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
  }

  private Path jar(String name, String toy) throws Exception {
    return PluginJars.build(folder.resolve("jars"), name, "maestro.runtime.tests.toys." + toy);
  }

  private void recipe(String name, String fields) throws Exception {
    Path recipes = Files.createDirectories(folder.resolve("home/recipes"));
    Files.writeString(recipes.resolve(name + ".json"), "{" + fields + "}");
  }

  private Path out(String recipe) {
    return folder.resolve(recipe + ".wav");
  }

  private JsonNode score(LiveHost host, String recipe) throws Exception {
    LiveHost.Outcome outcome =
        host.maestro(
            "score", FILM.toString(), "-r", recipe, "-o", out(recipe).toString(), "--json");
    assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }
}
