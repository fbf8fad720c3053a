package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFolderTest {
  @TempDir Path home;

  @Test
  void processesShareNoFolderAndLeaveNone() throws IOException {
    try (RunFolder one = RunFolder.create(home);
        RunFolder two = RunFolder.create(home)) {
      assertThat(one.path()).isNotEqualTo(two.path());
      Files.writeString(one.path().resolve("cache"), "x");
    }
    assertThat(home.resolve("run")).isEmptyDirectory();
  }

  @Test
  void whatAKilledProcessLeftIsRemovedAndTheLivingAreSpared() throws IOException {
    Path dead = Files.createDirectories(home.resolve("run/999999999-1/framework"));
    Files.writeString(dead.resolve("cache"), "x");
    Path living =
        Files.createDirectories(home.resolve("run/" + ProcessHandle.current().pid() + "-1"));
    RunFolder.create(home).close();
    assertThat(dead.getParent()).doesNotExist();
    assertThat(living).exists();
  }
}
