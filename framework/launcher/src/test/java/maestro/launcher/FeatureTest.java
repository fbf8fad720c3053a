package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeatureTest {
  @TempDir Path distribution;

  @BeforeEach
  void bundles() throws IOException {
    Files.createDirectories(distribution.resolve("bundles"));
    for (String name :
        List.of(
            "maestro.engine.onnx-1.0",
            "maestro.encoder.clip-1.0",
            "maestro.fusion.laff-1.0",
            "other-2.0")) {
      Files.createFile(distribution.resolve("bundles").resolve(name + ".jar"));
    }
  }

  @Test
  void theCudaDistributionIsTheWorkbenchWithOtherSettingsAndLibraries() {
    Path features = Path.of("..", "..", "distribution", "features");
    Feature host = FeatureFile.read(features.resolve("host.json"));
    Feature workbench = FeatureFile.read(features.resolve("workbench.json"));
    Feature both = Feature.layered(List.of(host, workbench));
    Feature cuda =
        Feature.layered(List.of(host, workbench, FeatureFile.read(features.resolve("cuda.json"))));
    assertThat(cuda.bundles()).isEqualTo(both.bundles());
    assertThat(cuda.files()).isEqualTo(both.files());
    assertThat(cuda.properties()).isEqualTo(both.properties());
    assertThat(cuda.configurations()).isEqualTo(Map.of("engine", Map.of("half", true)));
  }

  @Test
  void readsBundlesInStartOrderWithTheirConfigurationsInside() throws IOException {
    Feature feature =
        Feature.of(
            distribution,
            List.of(
                write(
                    "full.json",
                    """
                    // A comment, as in Sling's features.
                    { "id": "maestro:full:1",
                      "bundles": [
                        { "id": "maestro:maestro.encoder.clip:1.0",
                          "configurations": { "encoder.clip": { "engine": "onnx", "batch": 8, "half": true, "scale": 0.5 } } },
                        { "id": "maestro:maestro.engine.onnx:1.0", "start-order": 10, "pinned": true },
                        "x:other:2.0" ],
                      "framework-properties": { "maestro.require-signature": "true" },
                      "files": ["recipes"] }""")));
    assertThat(feature.bundles())
        .extracting(Feature.Bundle::fileName)
        .containsExactly(
            "maestro.engine.onnx-1.0.jar", "maestro.encoder.clip-1.0.jar", "other-2.0.jar");
    assertThat(feature.bundles())
        .extracting(Feature.Bundle::pinned)
        .containsExactly(true, false, false);
    assertThat(feature.configurations())
        .containsEntry(
            "encoder.clip", Map.of("engine", "onnx", "batch", 8L, "half", true, "scale", 0.5));
    assertThat(feature.properties()).containsEntry("maestro.require-signature", "true");
    assertThat(feature.files()).containsExactly("recipes");
  }

  @Test
  void whatADistributionCallsItselfIsTheLastNameAndTheVersionBesideIt() throws IOException {
    Path plain = write("1.json", "{ \"id\": \"maestro:host:1\" }");
    Path named =
        write(
            "2.json",
            "{ \"id\": \"studio:scorer:2.5\", \"name\": \"Studio Scorer\","
                + " \"default-recipes\": { \"score\": \"trailer\" } }");
    Path later = write("3.json", "{ \"id\": \"maestro:extra:9\" }");
    assertThat(Feature.of(distribution, List.of(plain)).product()).isEmpty();
    Feature all = Feature.of(distribution, List.of(plain, named, later));
    assertThat(all.product())
        .hasValueSatisfying(own -> assertThat(own).hasToString("Studio Scorer 2.5"));
    assertThat(all.recipes()).containsExactly(Map.entry("score", "trailer"));
    assertThatThrownBy(
            () -> FeatureFile.read(write("4.json", "{ \"id\": \"x\", \"name\": \"X\" }")))
        .hasMessageContaining("4.json: has a name, so its id must be group:artifact:version");
  }

  @Test
  void aPatternStandsForTheFilesThatNobodyNamed() throws IOException {
    Feature feature =
        Feature.of(
            distribution,
            List.of(
                write(
                    "all.json",
                    """
                    { "bundles": [
                        { "id": "maestro:maestro.engine.*:1.0", "start-order": 10, "pinned": true },
                        { "id": "maestro:maestro.*:1.0" },
                        { "id": "maestro:maestro.fusion.laff:1.0", "start-order": 5 } ] }""")));
    assertThat(feature.bundles())
        .extracting(Feature.Bundle::artifact)
        .containsExactly("maestro.fusion.laff", "maestro.engine.onnx", "maestro.encoder.clip");
  }

  @Test
  void laterLayersWinButNotOverAVersion() throws IOException {
    Path one =
        write(
            "1.json",
            "{ \"bundles\": [\"x:other:2.0\"], \"configurations\": { \"a\": { \"p\": 1, \"q\": 1 } } }");
    Path two = write("2.json", "{ \"configurations\": { \"a\": { \"q\": 2 } } }");
    Path clash = write("3.json", "{ \"id\": \"three\", \"bundles\": [\"x:other:3.0\"] }");
    assertThat(Feature.of(distribution, List.of(one, two)).configurations())
        .containsEntry("a", Map.of("p", 1L, "q", 2L));
    assertThatThrownBy(() -> Feature.of(distribution, List.of(one, clash)))
        .hasMessage("three: asks for other 3.0, another feature for 2.0; name one version in both");
  }

  @Test
  void aBrokenFileOrAMissingBundleIsNamed() throws IOException {
    assertThatThrownBy(() -> FeatureFile.read(write("broken.json", "{ \"bundles\": [ }")))
        .hasMessageStartingWith("broken.json: cannot be read: ");
    assertThatThrownBy(() -> FeatureFile.read(write("empty.json", "")))
        .hasMessageStartingWith("empty.json: cannot be read: ");
    assertThatThrownBy(() -> FeatureFile.read(write("list.json", "[]")))
        .hasMessage("list.json: is not a JSON object; mend the feature file");
    assertThatThrownBy(() -> FeatureFile.read(write("id.json", "{ \"bundles\": [\"clip\"] }")))
        .hasMessage(
            "id.json: has a bundle 'clip' that is not group:artifact:version; mend the feature file");
    Feature feature =
        Feature.of(
            distribution,
            List.of(write("gone.json", "{ \"id\": \"g\", \"bundles\": [\"x:gone:1.0\"] }")));
    assertThatThrownBy(() -> feature.bundles().get(0).file(distribution, feature))
        .hasMessageStartingWith("gone: listed in feature g, but bundles/gone-1.0.jar is missing; ");
  }

  @Test
  void optionsOfTheLauncherAreTakenOutWhereverTheyStand() {
    LaunchOptions options =
        LaunchOptions.parse(
            new String[] {"score", "--framework", "equinox", "film.mp4", "--home=h", "--json"},
            Map.of("MAESTRO_HOME", "x"));
    assertThat(options.framework()).isEqualTo("equinox");
    assertThat(options.home()).isEqualTo(Path.of("h").toAbsolutePath());
    assertThat(options.arguments()).containsExactly("score", "film.mp4", "--json");
    assertThat(LaunchOptions.parse(new String[] {}, Map.of("HOME", "/elsewhere")).home())
        .isEqualTo(Path.of("/elsewhere/.maestro").toAbsolutePath());
    assertThat(LaunchOptions.parse(new String[] {}, Map.of()).home())
        .isEqualTo(Path.of(System.getProperty("user.home"), ".maestro"));
    assertThatThrownBy(
            () -> LaunchOptions.parse(new String[] {"--framework", "knopflerfish"}, Map.of()))
        .hasMessage("--framework: unknown framework knopflerfish; use felix or equinox");
    assertThatThrownBy(() -> LaunchOptions.parse(new String[] {"--home"}, Map.of()))
        .hasMessageContaining("has no value");
  }

  @Test
  void namesThatLeadOutOfTheDistributionAreRefused() throws IOException {
    for (String files :
        List.of(
            "../../../../s/secret.txt",
            "/etc/passwd",
            "recipes/../../x",
            "..",
            "C:x",
            "a\\u0000b")) {
      Path feature = write("evil.json", "{ \"id\": \"evil\", \"files\": [\"" + files + "\"] }");
      assertThatThrownBy(() -> FeatureFile.read(feature))
          .as(files)
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("evil.json: names a file of the distribution:")
          .hasMessageContaining("mend the feature file");
    }
    for (String bundle : List.of("x:../../y:1", "x:y:1/../../z", "x:/y:1", "x:y\\\\z:1")) {
      Path feature = write("evil.json", "{ \"bundles\": [\"" + bundle + "\"] }");
      assertThatThrownBy(() -> FeatureFile.read(feature))
          .as(bundle)
          .hasMessageContaining("has a bundle whose file cannot be named");
    }
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(distribution.resolve(name), text);
  }
}
