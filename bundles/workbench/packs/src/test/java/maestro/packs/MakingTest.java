package maestro.packs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MakingTest {
  @TempDir Path packs;

  /** The other process: begins a pack, says so, and is at it until it is killed. */
  static final class Other {
    public static void main(String[] arguments) throws Exception {
      try (Making making = Making.in(Path.of(arguments[0]))) {
        Files.write(making.folder().resolve("weights"), new byte[1000]);
        System.out.println(making.folder());
        Thread.sleep(TimeUnit.MINUTES.toMillis(5));
      }
    }
  }

  @Test
  void whatALivingProcessMakesStaysAndWhatAKilledOneLeftGoes() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Other.class.getName(),
                packs.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = other.inputReader()) {
      Path folder = Path.of(out.readLine());
      make("first");
      assertThat(folder.resolve("weights")).exists();
      other.destroyForcibly().waitFor();
      make("second");
      assertThat(folder).doesNotExist();
      assertThat(packs.toFile().list()).containsExactlyInAnyOrder("first", "second");
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void whatThisProcessMakesAtTheSameTimeStays() throws IOException {
    try (Making one = Making.in(packs);
        Making two = Making.in(packs)) {
      make("pack");
      assertThat(one.folder()).isDirectory().isNotEqualTo(two.folder());
      assertThat(two.folder()).isDirectory();
    }
    assertThat(packs.toFile().list()).containsExactlyInAnyOrder("pack");
  }

  @Test
  void aPackThatWasMovedAsideForOneThatNeverCameIsPutBack() throws IOException {
    make("mine");
    Files.move(packs.resolve("mine"), packs.resolve(".making-1-old"));
    Files.createDirectories(packs.resolve(".making-1"));
    Files.createFile(packs.resolve(".making-1.lock"));
    make("other");
    assertThat(PackDescription.read(packs.resolve("mine")).name()).isEqualTo("mine");
    assertThat(packs.toFile().list()).containsExactlyInAnyOrder("mine", "other");
  }

  @Test
  void oneThatCameIsNotPutAside() throws IOException {
    make("mine");
    Path old = Files.createDirectories(packs.resolve(".making-1-old"));
    new PackDescription("mine", "older", null, List.of(), null, false, Map.of()).write(old);
    make("other");
    assertThat(PackDescription.read(packs.resolve("mine")).description()).isEqualTo("newer");
    assertThat(packs.resolve(".making-1-old")).doesNotExist();
  }

  private void make(String name) {
    new PackBuilder(name)
        .description("newer")
        .part("control.x", Map.of("number", 1))
        .writeTo(packs, true, Watcher.NONE);
  }
}
