package maestro.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A distribution that somebody makes of this one. */
@DisabledOnOs(OS.WINDOWS)
final class AssembledTest {
  @TempDir Path folder;
  private Path features;
  private String version;

  @BeforeEach
  void version() throws Exception {
    features = Built.DISTRIBUTION.resolve("features");
    try (var jars =
        Files.newDirectoryStream(Built.DISTRIBUTION.resolve("bundles"), "maestro.api-*")) {
      version =
          jars.iterator()
              .next()
              .getFileName()
              .toString()
              .replaceFirst("^maestro\\.api-(.*)\\.jar$", "$1");
    }
  }

  @Test
  void whatWouldNotWorkIsNotMadeAndWhatItLacksIsNamed() throws Exception {
    Built.Outcome failed = assemble(studio("maestro.packs"), "mine", "");
    assertThat(failed.code()).isEqualTo(4);
    assertThat(failed.err())
        .contains(
            "is not made, it would not work: maestro.packs waits for it needs package maestro.")
        .contains("have --complete add, of this distribution maestro.")
        .contains("maestro.tensor-" + version);
    try (var left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .allMatch(name -> name.matches("studio\\.json|(out|err).*\\.txt"));
    }
  }

  @Test
  void whatItLacksIsAddedAndItHasItsOwnNameAndHelp() throws Exception {
    assertThat(assemble(studio("maestro.packs"), "mine", "--complete").good().out())
        .endsWith("mine is made\n");
    Path made = folder.resolve("mine");
    assertThat(made.resolve("bundles/maestro.tensor-" + version + ".jar")).exists();
    assertThat(made.resolve("help/packs.list.txt")).isRegularFile();
    String script = Built.script(made);
    Map<String, String> home = Map.of("MAESTRO_HOME", folder.resolve("home").toString());
    assertThat(Built.sh(folder, home, script + " --version").good().out())
        .startsWith("Studio Scorer 2.5 (Maestro " + version + ", Java ");
    assertThat(Built.sh(folder, home, script + " --help").good().out())
        .startsWith("Studio Scorer 2.5\nUsage: maestro ")
        .contains("packs  ")
        .doesNotContain("score  ");
    assertThat(folder.resolve("home")).as("help and version start nothing").doesNotExist();
    assertThat(Built.sh(folder, home, script + " doctor").out())
        .contains("Studio Scorer 2.5, made of Maestro " + version);
    assertThat(Built.sh(folder, home, script + " packs list").good().out()).contains("no packs");
  }

  @Test
  void aDefaultRecipeThatCannotRunThereIsNamed() throws Exception {
    Path recipe =
        feature(
            List.of("maestro.commands"),
            "\"default-recipes\": { \"score\": \"film-score\" }, \"files\": [\"recipes\"]");
    Built.Outcome failed = assemble(recipe, "mine", "--complete");
    assertThat(failed.code()).isEqualTo(4);
    assertThat(failed.err())
        .contains(
            "is not made, it would not work: recipe film-score, the default of 'score', cannot run: ");
    assertThat(folder.resolve("mine")).doesNotExist();
  }

  private Path studio(String bundle) throws Exception {
    return feature(List.of(bundle), "\"files\": []");
  }

  private Path feature(List<String> bundles, String more) throws Exception {
    List<String> ids =
        bundles.stream().map(name -> "\"maestro:" + name + ":" + version + "\"").toList();
    return Files.writeString(
        folder.resolve("studio.json"),
        "{ \"id\": \"studio:scorer:2.5\", \"name\": \"Studio Scorer\", \"bundles\": %s, %s }"
            .formatted(ids, more));
  }

  private Built.Outcome assemble(Path feature, String target, String options) throws Exception {
    return Built.sh(
        folder,
        Map.of(),
        "%s --features '%s,%s' --assemble %s %s"
            .formatted(
                Built.script(Built.DISTRIBUTION),
                features.resolve("host.json"),
                feature,
                target,
                options));
  }
}
