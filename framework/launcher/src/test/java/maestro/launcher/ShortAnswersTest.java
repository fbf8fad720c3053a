package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShortAnswersTest {
  @TempDir Path folder;
  private Path distribution;
  private Path home;

  @BeforeEach
  void layOut() throws Exception {
    distribution = folder.resolve("distribution");
    home = Files.createDirectories(folder.resolve("home"));
    Files.createDirectories(distribution.resolve("help"));
    Path bundle =
        Files.createFile(
            Files.createDirectories(distribution.resolve("bundles")).resolve("a-1.jar"));
    Files.setLastModifiedTime(bundle, FileTime.fromMillis(1_000));
    Files.writeString(distribution.resolve("help/maestro.txt"), "all\n");
    Files.writeString(distribution.resolve("help/packs.list.txt"), "list\n");
  }

  @Test
  void helpIsReadFromTheDistribution() {
    assertThat(answer("--help")).contains("all\n");
    assertThat(answer()).contains("all\n");
    assertThat(answer("packs", "list", "-h")).contains("list\n");
  }

  @Test
  void theVersionIsTheSameForEveryCommand() {
    assertThat(answer("--version").get()).startsWith("maestro ");
    assertThat(answer("score", "--version")).isEqualTo(answer("--version"));
  }

  @Test
  void whateverElseIsLeftToTheCommands() {
    assertThat(answer("packs", "list")).isEmpty();
    assertThat(answer("unknown", "--help")).isEmpty();
    assertThat(answer("../packs.list", "--help")).isEmpty();
    assertThat(answer("score", "a film.mp4", "--version")).isEmpty();
  }

  @Test
  void aPluginASwitchOrANewerBundleMayChangeTheHelp() throws Exception {
    Path jar = Files.createFile(Files.createDirectories(home.resolve("plugins")).resolve("p.jar"));
    assertThat(answer("--help")).isEmpty();
    Files.delete(jar);
    assertThat(answer("--help")).isPresent();
    Files.createFile(home.resolve("switched-off"));
    assertThat(answer("--help")).isEmpty();
    Files.delete(home.resolve("switched-off"));
    Files.setLastModifiedTime(
        distribution.resolve("bundles/a-1.jar"),
        FileTime.fromMillis(System.currentTimeMillis() + 3_600_000));
    assertThat(answer("--help")).isEmpty();
  }

  private Optional<String> answer(String... arguments) {
    return ShortAnswers.to(
        new LaunchOptions("felix", distribution, home, List.of(), null, false, List.of(arguments)));
  }
}
