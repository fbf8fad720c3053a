package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFolderTest {
  @TempDir Path home;

  /** The other process: takes a folder, says its name, and lives until it is killed. */
  static final class Other {
    public static void main(String[] arguments) throws Exception {
      System.out.println(RunFolder.create(Path.of(arguments[0])).path());
      Thread.sleep(TimeUnit.MINUTES.toMillis(5));
    }
  }

  @Test
  void processesShareNoFolderAndLeaveNone() throws IOException {
    try (RunFolder one = RunFolder.create(home);
        RunFolder two = RunFolder.create(home)) {
      assertThat(one.path()).isNotEqualTo(two.path());
      assertThat(System.getProperty(RunFolder.NAME)).isEqualTo(two.path().getFileName().toString());
      Files.writeString(one.path().resolve("cache"), "x");
      RunFolder.create(home).close();
      assertThat(one.path().resolve("cache")).exists();
    }
    assertThat(names()).containsExactly("starts");
  }

  @Test
  void theFolderOfALivingProcessStaysAndThatOfAKilledOneGoes() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Other.class.getName(),
                home.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = other.inputReader()) {
      Path folder = Path.of(out.readLine());
      RunFolder.create(home).close();
      assertThat(folder).exists();
      other.destroyForcibly().waitFor();
      RunFolder.create(home).close();
      assertThat(folder).doesNotExist();
      assertThat(names()).containsExactly("starts");
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void aFolderOfWhateverNameWithoutALockIsALeftover() throws IOException {
    Files.createDirectories(home.resolve("run/999999999-1/framework"));
    Files.createDirectories(home.resolve("run/99999999999999999999-x"));
    RunFolder.create(home).close();
    assertThat(names()).containsExactly("starts");
  }

  private String[] names() {
    return home.resolve("run").toFile().list();
  }
}
