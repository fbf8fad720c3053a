package maestro.tensor.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Cores of the processor. ONNX Runtime counts them itself, but takes one alone where a virtual
 * machine hides its caches.
 */
final class Cores {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Cores() {}

  /** Cores this process may use; two threads of one core count once where the system says so. */
  static int usable() {
    int threads = Runtime.getRuntime().availableProcessors();
    try {
      int cores = physical(Files.readString(CPU_INFO));
      return cores == 0 ? threads : Math.min(cores, threads);
    } catch (IOException e) { // another system
      return threads;
    }
  }

  /**
   * Different cores in what Linux says of its processors.
   *
   * @return 0 when it does not say
   */
  static int physical(String cpuInfo) {
    Set<String> cores = new HashSet<>();
    String socket = "";
    for (String line : cpuInfo.split("\n")) {
      if (line.startsWith("physical id")) {
        socket = line;
      } else if (line.startsWith("core id")) {
        cores.add(socket + line);
      }
    }
    return cores.size();
  }
}
