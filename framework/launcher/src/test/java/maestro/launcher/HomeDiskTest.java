package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HomeDiskTest {
  @TempDir Path folder;

  @Test
  void aFullDiskIsRefusedWithTheExitCodeOfAResource() {
    Path home = folder.resolve("not/there/yet");
    assertThatCode(() -> HomeDisk.check(home, 1, null)).doesNotThrowAnyException();
    assertThatThrownBy(() -> HomeDisk.check(home, Long.MAX_VALUE, null))
        .isInstanceOfSatisfying(
            LaunchException.class, full -> assertThat(full.getAsInt()).isEqualTo(5))
        .hasMessageMatching(
            "home: the disk of .*yet is full, \\d+ KiB are left; make room, or choose another folder"
                + " with --home or MAESTRO_HOME");
  }
}
