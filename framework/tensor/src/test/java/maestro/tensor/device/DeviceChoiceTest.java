package maestro.tensor.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import maestro.api.run.Device;
import org.junit.jupiter.api.Test;

/** One line in the log for a device that cannot be used. */
final class DeviceChoiceTest {
  private static final Device CUDA = Device.parse("cuda:0");

  private final List<String> lines = new ArrayList<>();
  private final DeviceChoice devices = new DeviceChoice(lines::add);

  @Test
  void aDeviceThatWorksIsTakenWithoutAWord() {
    assertThat(devices.of(CUDA, () -> "")).isEqualTo(CUDA);
    assertThat(devices.of(Device.AUTO, () -> "")).isEqualTo(CUDA);
    assertThat(devices.of(Device.CPU, () -> "")).isEqualTo(Device.CPU);
    assertThat(lines).isEmpty();
  }

  @Test
  void whoAskedForCudaIsToldOnce() {
    for (int i = 0; i < 3; i++) {
      assertThat(devices.of(CUDA, () -> "there is none")).isEqualTo(Device.CPU);
    }
    assertThat(lines)
        .containsExactly("cuda:0 cannot be used (there is none); networks run on the processor");
  }

  @Test
  void whoLeftItOpenIsNotToldThatThereIsNone() {
    assertThat(devices.of(Device.AUTO, () -> "there is none")).isEqualTo(Device.CPU);
    assertThat(lines).isEmpty();
  }

  /** The message is ONNX Runtime's, from its GPU libraries on a machine without CUDA. */
  @Test
  void aDeviceThatFailsLaterIsGivenUpInOneLine() {
    String message =
        "Error code - ORT_FAIL - message: /onnxruntime_src/onnxruntime/core/session/"
            + "provider_bridge_ort.cc:1988 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() "
            + "[ONNXRuntimeError] : 1 : FAIL : Failed to load library providers_cuda.so with error: "
            + "libcublasLt.so.12: cannot open shared object file: No such file or directory\n";
    devices.giveUp(CUDA, message);
    devices.giveUp(CUDA, message);
    assertThat(lines)
        .containsExactly(
            "cuda:0 cannot be used (Failed to load library providers_cuda.so with error: "
                + "libcublasLt.so.12: cannot open shared object file: No such file or directory); "
                + "networks run on the processor");
    assertThat(devices.of(Device.AUTO, () -> "")).isEqualTo(Device.CPU);
    assertThat(devices.of(Device.parse("cuda:1"), () -> "")).isEqualTo(Device.parse("cuda:1"));
  }
}
