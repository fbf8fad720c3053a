package maestro.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FilesTest {
  /** The example of FIPS 180-4. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir Path folder;

  @Test
  void digestsAreThoseOfTheStandard() throws IOException {
    assertThat(Sha256.of("abc")).isEqualTo(ABC);
    Path file = Files.writeString(folder.resolve("abc"), "abc");
    List<Long> seen = new ArrayList<>();
    assertThat(Sha256.of(file, seen::add)).isEqualTo(ABC);
    assertThat(seen).containsExactly(3L);
    assertThatThrownBy(() -> Sha256.of(folder.resolve("none")))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("there is no such file");
  }

  @Test
  void whatCannotBeWrittenWholeLeavesWhatWasThere() throws IOException {
    Path file = Files.writeString(folder.resolve("kept"), "before");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      channel.write(java.nio.ByteBuffer.wrap(new byte[10]));
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("No space left on device");
    assertThat(file).hasContent("before");
    try (var all = Files.list(folder)) {
      assertThat(all).containsExactly(file);
    }
    AtomicFile.write(file, "after".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(file).hasContent("after");
  }

  @Test
  void equalContentGivesEqualText() {
    assertThat(Json.canonical(Map.of("b", 1, "a", List.of("x"))))
        .isEqualTo("{\"a\":[\"x\"],\"b\":1}");
  }

  @Test
  void strictJsonRefusesWhatIsWrittenTwice() {
    assertThatThrownBy(() -> Json.STRICT.readTree("{\"a\": 1, \"a\": 2}"))
        .hasMessageContaining("Duplicate");
    assertThatThrownBy(() -> Json.STRICT.readTree("{} {}")).hasMessageContaining("Trailing");
  }

  @Test
  void foldersGoWithTheirContentButLinksAreNotFollowed() throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("file"), "x");
    Path gone = Files.createDirectories(folder.resolve("gone/below"));
    Files.createSymbolicLink(gone.resolve("link"), kept);
    Folders.delete(folder.resolve("gone"));
    assertThat(folder.resolve("gone")).doesNotExist();
    assertThat(kept.resolve("file")).exists();
  }

  @Test
  void aFolderIsNotWrittenOver() {
    for (Path place : new Path[] {Path.of("/"), folder}) {
      assertThatThrownBy(() -> AtomicFile.write(place, new byte[1]))
          .isInstanceOfSatisfying(
              MaestroException.class,
              e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT));
    }
  }
}
