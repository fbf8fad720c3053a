package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The start script, with a stand-in for Java that says how it was called. */
@DisabledOnOs(OS.WINDOWS)
final class StartScriptTest {
  @TempDir Path folder;

  @BeforeEach
  void layOut() throws Exception {
    Files.createDirectories(folder.resolve("bin"));
    Files.copy(
        Path.of("..", "..", "distribution", "bin", "maestro"), folder.resolve("bin/maestro"));
    Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
    Files.writeString(
        java,
        "#!/bin/sh\necho \"LC_ALL=$LC_ALL\"\n[ -z \"$SHOW\" ] || echo \"$@\"\ncat\necho end\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void withoutALocaleNamesAreUtf8() throws Exception {
    assertThat(run("</dev/null", Map.of("LC_ALL", "C"))).startsWith("LC_ALL=C.UTF-8\n");
    assertThat(run("</dev/null", Map.of("LANG", "POSIX"))).startsWith("LC_ALL=C.UTF-8\n");
    assertThat(run("</dev/null", Map.of())).startsWith("LC_ALL=C.UTF-8\n");
  }

  @Test
  void aLocaleTheUserChoseStays() throws Exception {
    assertThat(run("</dev/null", Map.of("LANG", "de_DE.UTF-8"))).startsWith("LC_ALL=\n");
    assertThat(run("</dev/null", Map.of("LC_ALL", "ja_JP.eucJP")))
        .startsWith("LC_ALL=ja_JP.eucJP\n");
  }

  @Test
  void aClosedInputIsAnEmptyOne() throws Exception {
    assertThat(run("<&-", Map.of())).isEqualTo("LC_ALL=C.UTF-8\nend\n");
  }

  @Test
  void whatIsOverInAMomentIsCompiledQuickly() throws Exception {
    for (String quick : List.of("packs list", "recipes", "recipes check x", "doctor --json")) {
      assertThat(run(quick + " </dev/null", Map.of("SHOW", "1"))).contains(" -XX:TieredStop");
    }
    for (String lasting : List.of("packs verify x", "score recipes -o x.wav", "shell", "")) {
      assertThat(run(lasting + " </dev/null", Map.of("SHOW", "1")))
          .contains(("maestro.launcher.Main " + lasting).strip())
          .doesNotContain("TieredStop");
    }
    assertThat(
            run(
                "doctor </dev/null",
                Map.of("SHOW", "1", "MAESTRO_OPTS", "-XX:TieredStopAtLevel=4")))
        .as("the user's options come after")
        .contains("=1 -XX:TieredStopAtLevel=4");
  }

  private String run(String input, Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", "exec sh '" + folder.resolve("bin/maestro") + "' " + input);
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes());
  }
}
