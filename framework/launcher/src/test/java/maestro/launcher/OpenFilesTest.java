package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OpenFilesTest {
  @Test
  void aLimitThatNoStartFitsUnderIsRefusedAsAResource() {
    assertThatThrownBy(() -> OpenFiles.check(64))
        .isInstanceOf(LaunchException.class)
        .hasMessage(
            "maestro: the system lets it open 64 files at once, it needs 192; raise the limit, for"
                + " instance with 'ulimit -n 1024'")
        .satisfies(e -> assertThat(((LaunchException) e).getAsInt()).isEqualTo(5));
  }

  @Test
  void usualLimitsAndUnknownOnesAreFine() {
    assertThatCode(() -> OpenFiles.check(256)).doesNotThrowAnyException();
    assertThatCode(() -> OpenFiles.check(-1)).doesNotThrowAnyException();
  }
}
