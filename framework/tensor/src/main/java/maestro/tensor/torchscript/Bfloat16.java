package maestro.tensor.torchscript;

import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import maestro.api.run.Device;

/**
 * Whether a machine multiplies in bfloat16 by itself: processors with AMX or AVX-512 BF16, CUDA
 * devices from compute capability 8.0 on. Elsewhere PyTorch imitates it, slower than single
 * precision.
 */
public final class Bfloat16 {
  /** Values of oneDNN's ONEDNN_MAX_CPU_ISA that hold it below bfloat16. */
  private static final Set<String> BELOW =
      Set.of("SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX512_CORE", "AVX512_CORE_VNNI");

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Bfloat16() {}

  /** Whether this machine does on a device, and oneDNN is allowed to. */
  public static boolean fastOn(Device device) {
    return device.kind() == Device.Kind.CUDA
        ? CudaUtils.getGpuCount() > device.index() && capability(device.index()) >= 80
        : allowed(System.getenv().getOrDefault("ONEDNN_MAX_CPU_ISA", ""))
            && !ofProcessor().isEmpty();
  }

  /** What the processor has for it: {@code AMX}, {@code AVX-512} or nothing. */
  public static String ofProcessor() {
    try {
      return ofProcessor(Files.readString(CPU_INFO));
    } catch (IOException e) { // another system
      return "";
    }
  }

  static String ofProcessor(String cpuInfo) {
    return cpuInfo
        .lines()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .map(
            flags ->
                flags.contains(" amx_bf16")
                    ? "AMX"
                    : flags.contains(" avx512_bf16") ? "AVX-512" : "")
        .orElse("");
  }

  /** Whether oneDNN may use it, held to an instruction set; empty for none. */
  static boolean allowed(String most) {
    return !BELOW.contains(most.toUpperCase(Locale.ROOT));
  }

  private static int capability(int gpu) {
    return Integer.parseInt(CudaUtils.getComputeCapability(gpu).replace(".", ""));
  }
}
