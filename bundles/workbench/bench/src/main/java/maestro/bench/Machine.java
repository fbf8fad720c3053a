package maestro.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.run.Device;
import maestro.tensor.torchscript.Bfloat16;

/** What is known of the machine and of this process; on Linux more than elsewhere. */
final class Machine {
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Path LOAD = Path.of("/proc/loadavg");

  private Machine() {}

  /** A note to read the numbers with. */
  static Map<String, Object> note() {
    Map<String, Object> note = new LinkedHashMap<>();
    note.put("processor", line(PROCESSOR, "model name", System.getProperty("os.arch")));
    note.put("cores", Runtime.getRuntime().availableProcessors());
    note.put("bfloat16", Bfloat16.fastOn(Device.CPU) ? Bfloat16.ofProcessor() : "none in use");
    note.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    note.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
    note.put("loadBefore", load());
    return note;
  }

  /**
   * Processes that were waiting for a core over the last minute, or −1; a busy machine measures
   * nothing.
   */
  static double load() {
    try {
      return Double.parseDouble(Files.readString(LOAD).split(" ")[0]);
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  /** Processor time of all threads of this process so far, in seconds, or 0 when unknown. */
  static double processorSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L)
        / 1e9;
  }

  /** Lets the peak begin anew, where the system can. */
  static void forgetPeak() {
    try {
      Files.writeString(CLEAR, "5");
    } catch (IOException e) {
      // Not Linux, or not allowed: the peak is then that of the whole process, which is no less.
    }
  }

  /** Largest resident memory since {@link #forgetPeak}, in bytes, or −1 when unknown. */
  static long peak() {
    String peak = line(STATUS, "VmHWM", "-1 kB");
    return Long.parseLong(peak.split(" ")[0]) * (peak.startsWith("-") ? 1 : 1024);
  }

  private static String line(Path file, String key, String otherwise) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(key)) {
          return line.substring(line.indexOf(':') + 1).trim();
        }
      }
      return otherwise;
    } catch (IOException e) {
      return otherwise;
    }
  }
}
