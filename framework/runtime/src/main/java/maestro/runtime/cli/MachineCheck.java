package maestro.runtime.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import maestro.runtime.bundles.Home;
import maestro.runtime.command.HealthCheck;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;

/** The distribution, Java, memory and disk. */
@Component
@ServiceRanking(10)
public final class MachineCheck implements HealthCheck {
  private static final long MIB = 1 << 20;
  private static final long LEAST_HEAP = 1024 * MIB;
  private static final long LEAST_MEMORY = 6 * 1024 * MIB;
  private static final long LEAST_DISK = 2 * 1024 * MIB;

  private final Home home;
  private final String framework;
  private final String product;

  /** Made by Declarative Services. */
  @Activate
  public MachineCheck(BundleContext context, @Reference Home home) {
    this.home = home;
    this.framework =
        context.getProperty("maestro.framework") + " " + context.getBundle(0).getVersion();
    String maestro = "Maestro " + context.getProperty("maestro.version");
    String named = context.getProperty("maestro.product");
    this.product = named == null ? maestro : named + ", made of " + maestro;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(new Finding("maestro", Level.OK, product, ""));
    findings.add(
        new Finding(
            "java",
            Level.OK,
            System.getProperty("java.vendor")
                + " "
                + System.getProperty("java.version")
                + ", "
                + framework
                + ", "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " processors",
            ""));
    long heap = Runtime.getRuntime().maxMemory();
    long memory =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    boolean small = heap < LEAST_HEAP || memory < LEAST_MEMORY;
    findings.add(
        new Finding(
            "memory",
            small ? Level.WARN : Level.OK,
            memory / MIB + " MiB in the machine, " + heap / MIB + " MiB for Java's heap",
            small
                ? "the full-size networks want 6 GiB; set MAESTRO_OPTS=-Xmx2g, or use the starter pack"
                : ""));
    findings.add(disk("home", home.path()));
    findings.add(disk("temporary", Path.of(System.getProperty("java.io.tmpdir"))));
    return findings;
  }

  private static Finding disk(String name, Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "doctor", ".part"));
      FileStore store = Files.getFileStore(folder);
      long free = store.getUsableSpace();
      boolean full = free < LEAST_DISK;
      return new Finding(
          "disk",
          full ? Level.WARN : Level.OK,
          name + " folder " + folder + ": " + free / MIB + " MiB free",
          full ? "make room, or choose another folder with " + remedy(name) : "");
    } catch (IOException e) {
      return new Finding(
          "disk",
          Level.FAIL,
          name + " folder " + folder + " cannot be written: " + e,
          "check its rights, or choose another folder with " + remedy(name));
    }
  }

  private static String remedy(String name) {
    return name.equals("home") ? "MAESTRO_HOME" : "MAESTRO_OPTS=-Djava.io.tmpdir=FOLDER";
  }
}
