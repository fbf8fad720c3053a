package maestro.launcher;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files the system lets this process hold open. */
final class OpenFiles {
  /** Bundles, native libraries, a film, its result and the cache take up to 150; and a margin. */
  static final long LEAST = 192;

  private OpenFiles() {}

  /**
   * Refuses a start that would end halfway through its bundles.
   *
   * @throws LaunchException with the exit code of a resource
   */
  static void check() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      check(system.getMaxFileDescriptorCount());
    }
  }

  static void check(long most) {
    if (most > 0 && most < LEAST) {
      throw LaunchException.resource(
          "maestro",
          "the system lets it open " + most + " files at once, it needs " + LEAST,
          "raise the limit, for instance with 'ulimit -n 1024'",
          null);
    }
  }
}
