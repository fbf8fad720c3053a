package maestro.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.host.PluginNames;
import maestro.api.pack.ModelPack;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackFolderTest {
  @TempDir Path root;
  private Path home;
  private Packs packs;

  @BeforeEach
  void makeAPack() {
    home = root.resolve("home");
    packs = new Packs(List.of(home, root.resolve("distribution")));
    builder("small").writeTo(home, false, Watcher.NONE);
  }

  @Test
  void whatIsBuiltIsOpened() {
    assertThat(packs.names()).containsExactly("small");
    ModelPack pack = packs.open("small");
    assertThat(pack.untrained()).isTrue();
    assertThat(pack.parts()).containsExactly("vae", "encoder.other");
    assertThat(pack.part("vae").orElseThrow().architecture())
        .containsEntry("scaleFactor", 0.5)
        .containsEntry("multipliers", List.of(1, 2));
    assertThat(Safetensors.read(pack.part("vae").orElseThrow().weights()).get("w").values())
        .containsExactly(1, 2);
    assertThat(pack.part("denoiser")).isEmpty();
    assertThat(PackVerifier.verify(packs.open("small"), PartShapesTest.SHAPES, Watcher.NONE))
        .extracting(PackVerifier.Finding::part)
        .containsExactly("vae", "encoder.other");
  }

  @Test
  void theUsersPackGoesBeforeTheDistributions() {
    builder("small")
        .description("shipped")
        .writeTo(root.resolve("distribution"), false, Watcher.NONE);
    builder("other").writeTo(root.resolve("distribution"), false, Watcher.NONE);
    assertThat(packs.names()).containsExactly("other", "small");
    assertThat(packs.open("small").folder()).isEqualTo(home.resolve("small"));
  }

  @Test
  void aPackIsReplacedOnlyWhenAsked() {
    assertThatThrownBy(() -> builder("small").writeTo(home, false, Watcher.NONE))
        .hasMessage(
            "pack small: it is there already; give --replace to make it anew, or another name");
    builder("small").description("second").writeTo(home, true, Watcher.NONE);
    assertThat(packs.open("small").description().description()).isEqualTo("second");
    assertThat(home).isDirectoryContaining(path -> path.endsWith("small"));
    assertThat(home.toFile().list()).hasSize(1);
  }

  @Test
  void aPartWithoutWeightsIsAddedToAPackThatStays() {
    Map<String, Object> figures = Map.of("composers", Map.of("satie", Map.of("onsets", 0.4)));
    new PackBuilder("more")
        .keeping(packs.open("small"))
        .part("control.onsets", figures)
        .writeTo(home, false, Watcher.NONE);
    ModelPack more = packs.open("more");
    assertThat(more.parts()).containsExactly("vae", "encoder.other", "control.onsets");
    assertThat(more.part("control.onsets").orElseThrow().weights()).isNull();
    assertThat(more.part("control.onsets").orElseThrow().architecture()).isEqualTo(figures);
    assertThat(more.part("vae").orElseThrow().digest())
        .isEqualTo(packs.open("small").part("vae").orElseThrow().digest());
  }

  @Test
  void aPartOfAnOldPackAnswersToBothNamesOfItsPlugin() {
    Packs today =
        new Packs(List.of(home), () -> new PluginNames(Map.of("encoder.other", "fusion.other")));
    PackFolder old = today.open("small");
    assertThat(old.parts()).containsExactly("vae", "fusion.other");
    assertThat(old.part("encoder.other")).isEqualTo(old.part("fusion.other")).isPresent();
    assertThat(old.part("fusion.other").orElseThrow().digest())
        .isEqualTo(packs.open("small").part("encoder.other").orElseThrow().digest());
    assertThat(PackVerifier.verify(old, PartShapesTest.SHAPES, Watcher.NONE))
        .extracting(PackVerifier.Finding::part)
        .containsExactly("vae", "fusion.other");
    new PackBuilder("newer")
        .keeping(old)
        .part("fusion.other", Map.of("width", 3))
        .writeTo(home, false, Watcher.NONE);
    ModelPack newer = today.open("newer");
    assertThat(newer.parts()).containsExactly("vae", "fusion.other");
    assertThat(newer.part("encoder.other").orElseThrow().architecture()).containsEntry("width", 3);
  }

  @Test
  void aPartOfAPluginThatWasDividedIsOneForEachItBecame() {
    PluginNames names =
        new PluginNames(
            Map.of("encoder.other", List.of("encoder.left", "encoder.right")), Map.of());
    PackFolder old = new Packs(List.of(home), () -> names).open("small");
    assertThat(old.parts()).containsExactly("vae", "encoder.left", "encoder.right");
    assertThat(old.part("encoder.left").orElseThrow().digest())
        .isEqualTo(old.part("encoder.right").orElseThrow().digest());
    assertThat(old.part("encoder.other")).isEqualTo(old.part("encoder.left"));
  }

  @Test
  void aStoppedBuildLeavesNothing() {
    MaestroException stop =
        new MaestroException(MaestroException.Kind.CANCELLED, "test", "stopped", "go on");
    assertThatThrownBy(
            () ->
                builder("other")
                    .writeTo(
                        home,
                        false,
                        (what, done, total) -> {
                          throw stop;
                        }))
        .isSameAs(stop);
    assertThat(home.toFile().list()).containsExactly("small");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "../home/small",
        "/etc",
        ".",
        "",
        "small/",
        "a\u0000b",
        "..",
        "small/../small"
      })
  void otherNamesAreUnknown(String name) {
    assertThatThrownBy(() -> packs.open(name))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.CONFIGURATION))
        .hasMessageContaining("there is none of that name among small");
  }

  @Test
  void changedBytesAreFound() throws IOException {
    Path weights = packs.open("small").part("vae").orElseThrow().weights();
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    assertThat(
            PackVerifier.verify(packs.open("small"), PartShapesTest.SHAPES, Watcher.NONE)
                .get(0)
                .problem())
        .contains("digest");
    Files.write(weights, new byte[3]);
    assertRefused("part vae has 3 bytes instead of " + bytes.length);
    Files.delete(weights);
    assertRefused("part vae lacks its file vae.safetensors");
  }

  @Test
  void tensorsThatDoNotFitTheArchitectureAreFound() {
    PackVerifier.Finding finding =
        PackVerifier.verify(packs.open("small"), PartShapesTest.SHAPES, Watcher.NONE).get(0);
    assertThat(finding.problem())
        .contains("missing ('encoder.conv_in.weight'")
        .contains("1 surplus ('w')");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../outside", "/outside", "sub/../../outside", "linked", "linkedfolder/outside"})
  void filesOutsideThePackAreRefused(String weights) throws IOException {
    Path outside = Files.write(root.resolve("outside"), new byte[] {1});
    Path pack = home.resolve("small");
    Files.createSymbolicLink(pack.resolve("linked"), outside);
    Files.createSymbolicLink(pack.resolve("linkedfolder"), root);
    String name = weights.equals("/outside") ? outside.toString() : weights;
    describe(
        """
        {"name": "small", "untrained": true, "parts": {"vae": {"weights": "%s", "bytes": 1,
         "sha256": "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a", "architecture": {}}}}
        """
            .formatted(name));
    assertThatThrownBy(() -> packs.open("small"))
        .isInstanceOf(MaestroException.class)
        .hasMessageMatching("pack small: part vae (names a file outside the pack: .*|lacks .*);.*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"name\": \"small\"}",
        "{\"name\": \"other\", \"parts\": {}}",
        "{\"name\": \"small\", \"parts\": {}} {}",
        "{\"name\": \"small\", \"parts\": {}, \"surprise\": 1}",
        "{\"name\": \"small\", \"name\": \"small\", \"parts\": {}}",
        "{\"name\": \"small\", \"parts\": {\"\": {}}}",
        "{\"name\": \"small\", \"parts\": {\"vae\": null}}",
        "{\"name\": \"small\", \"parts\": {\"../x\": {}}}",
        "{\"name\": \"small\", \"parts\": {\"vae\": {\"weights\": \"x\"}}}",
        "{\"name\": \"small\", \"parts\": {\"vae\": {\"architecture\": {\"a\": [null]}}}}",
        "{\"name\": \"small\", \"origin\": [null], \"parts\": {}}",
        "{\"name\": \"small\", \"parts\": {\"vae\": {\"weights\": \"a\\u0000\", \"bytes\": 1, \"sha256\": "
            + "\"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a\"}}}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[["
      })
  void damagedDescriptionsAreRefused(String json) throws IOException {
    describe(json);
    assertThatThrownBy(() -> packs.open("small"))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT))
        .hasMessageStartingWith("pack small: ");
  }

  @Test
  void hugeDescriptionsAreNotRead() throws IOException {
    describe(" ".repeat(PackDescription.MAX_BYTES + 1));
    assertRefused("pack.json has 1048577 bytes, the limit is 1048576");
  }

  @Test
  void aLinkInPlaceOfTheDescriptionIsRefused() throws IOException {
    Path description = home.resolve("small").resolve("pack.json");
    Path elsewhere = Files.move(description, root.resolve("elsewhere.json"));
    Files.createSymbolicLink(description, elsewhere);
    assertRefused("it has no pack.json");
  }

  private void describe(String json) throws IOException {
    Files.write(home.resolve("small").resolve("pack.json"), json.getBytes(StandardCharsets.UTF_8));
  }

  private void assertRefused(String why) {
    assertThatThrownBy(() -> packs.open("small"))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT))
        .hasMessageContaining(why);
  }

  private static PackBuilder builder(String name) {
    List<Weight> weights = List.of(Weight.of("w", FloatTensor.of(new float[] {1, 2}, 2)));
    return new PackBuilder(name)
        .licence("CC0-1.0")
        .origin("a test")
        .untrained()
        .part("vae", weights, Map.of("scaleFactor", 0.5, "multipliers", List.of(1, 2)))
        .part("encoder.other", weights, Map.of());
  }
}
