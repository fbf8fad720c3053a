package maestro.files.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathGateTest {
  @TempDir Path place;

  private Path folder;

  @BeforeEach
  void aFolderBesideASecret() throws Exception {
    folder = Files.createDirectories(place.resolve("inside/deep")).getParent();
    Files.writeString(place.resolve("secret"), "x");
    Files.writeString(folder.resolve("deep/clip.wav"), "x");
  }

  @Test
  void namesBelowTheFolderPassWhetherTheyAreThereOrNot() {
    for (String name : new String[] {"deep/clip.wav", "new/er.wav", "a..b", "...", "é ♪.wav"}) {
      assertThat(PathGate.refusal(name)).isEmpty();
      assertThat(PathGate.below(folder, name)).isEqualTo(folder.resolve(name));
    }
  }

  @Test
  void namesThatLeadOutAreRefusedOnEverySystem() {
    for (String name :
        new String[] {
          "",
          " ",
          "/etc/passwd",
          "\\\\server\\share",
          "\\x",
          "C:\\x",
          "c:x",
          "..",
          "../secret",
          "deep/../../secret",
          "deep\\..\\..\\secret",
          "deep/..",
          "a\0b",
          ".. /x"
        }) {
      assertThat(PathGate.refusal(name)).as(name).isPresent();
      assertThatThrownBy(() -> PathGate.below(folder, name))
          .as(name)
          .isInstanceOf(PathGate.RefusedNameException.class);
    }
    assertThat(PathGate.refusal(null)).isPresent();
    assertThat(PathGate.refusal("../\u001b[2J").orElseThrow())
        .isEqualTo("'../\\u001b[2J' leads out of the folder");
  }

  @Test
  void aLinkOutIsRefusedAndOneInsideIsNot() throws Exception {
    Files.createSymbolicLink(folder.resolve("out"), place);
    Files.createSymbolicLink(folder.resolve("file"), place.resolve("secret"));
    Files.createSymbolicLink(folder.resolve("in"), folder.resolve("deep"));
    Files.createSymbolicLink(folder.resolve("dangling"), place.resolve("none"));
    for (String name : new String[] {"out/secret", "out/new", "file", "out"}) {
      assertThatThrownBy(() -> PathGate.below(folder, name))
          .hasMessageContaining("is a symbolic link out of the folder");
    }
    assertThatThrownBy(() -> PathGate.below(folder, "dangling"))
        .hasMessageContaining("cannot be followed");
    assertThat(PathGate.below(folder, "in/clip.wav")).exists();
  }

  @Test
  void aFolderThatIsItselfReachedByALinkIsGood() throws Exception {
    Path link = Files.createSymbolicLink(place.resolve("link"), folder);
    assertThat(PathGate.below(link, "deep/clip.wav")).exists();
    assertThat(PathGate.below(link, "new.wav")).isEqualTo(link.resolve("new.wav"));
  }

  @Test
  void aNameHasOneStepAndFitsAFileSystem() {
    assertThat(PathGate.refusalOfName("table 4(a)")).isEmpty();
    for (String name :
        new String[] {
          "a/b",
          "a\\b",
          ".",
          "..",
          "/",
          "/abs/x",
          "x\u001b",
          "x\ny",
          "x".repeat(201),
          "é".repeat(101)
        }) {
      assertThat(PathGate.refusalOfName(name)).as(name).isPresent();
    }
  }
}
