package maestro.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import maestro.runtime.command.HealthCheck.Finding;
import maestro.runtime.command.HealthCheck.Level;
import org.junit.jupiter.api.Test;

/** What the doctor says about devices. */
final class EngineCheckTest {
  @Test
  void namesCudaOnlyWhereItOpens() {
    assertThat(EngineCheck.devices(true, true, () -> ""))
        .isEqualTo(new Finding("devices", Level.OK, "cpu, cuda", ""));
    assertThat(EngineCheck.devices(true, false, () -> "never asked").found())
        .isEqualTo("cpu; no NVIDIA driver");
    Finding closed = EngineCheck.devices(true, true, () -> "no libcublas.so.12");
    assertThat(closed.level()).isEqualTo(Level.WARN);
    assertThat(closed.found()).isEqualTo("cpu; CUDA does not open: no libcublas.so.12");
    assertThat(EngineCheck.devices(false, true, () -> "never asked").level()).isEqualTo(Level.WARN);
  }
}
