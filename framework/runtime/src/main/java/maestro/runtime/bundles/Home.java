package maestro.runtime.bundles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import maestro.files.AtomicFile;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Maestro's home folder: what outlives a process. Files are replaced whole, by an atomic move. */
@Component(service = Home.class)
public final class Home {
  private final Path home;
  private final Path distribution;

  /** Made by Declarative Services. */
  @Activate
  public Home(BundleContext context) {
    this(
        Path.of(context.getProperty("maestro.home")),
        Path.of(context.getProperty("maestro.distribution")));
  }

  Home(Path home, Path distribution) {
    this.home = home;
    this.distribution = distribution;
  }

  /** The folder itself. */
  public Path path() {
    return home;
  }

  /** The folder whose jars are put in as they come. */
  public Path plugins() {
    return home.resolve("plugins");
  }

  /** Where Maestro is installed. */
  public Path distribution() {
    return distribution;
  }

  /** Names of the bundles that are switched off, also for later processes. */
  public synchronized Set<String> switchedOff() {
    Path file = home.resolve("switched-off");
    try {
      return Files.exists(file) ? new TreeSet<>(Files.readAllLines(file)) : new TreeSet<>();
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  /** Remembers whether a bundle is switched off. */
  public synchronized void switchedOff(String bundle, boolean off) {
    Set<String> names = switchedOff();
    if (off ? names.add(bundle) : names.remove(bundle)) {
      String text = names.stream().map(line -> line + "\n").collect(Collectors.joining());
      AtomicFile.write(home.resolve("switched-off"), text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Copies a bundle's file into the folder of plugins, under a name that is no plugin's yet. */
  Path copyPlugin(Path file, String name) {
    Path part = null;
    try {
      part = Files.createTempFile(Files.createDirectories(plugins()), name, ".part");
      return Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      if (part != null) {
        removePlugin(part);
      }
      throw unusable(plugins().resolve(name + ".jar"), e);
    }
  }

  /** Gives a copied file its final name. */
  void keepPlugin(Path part, Path target) {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unusable(target, e);
    }
  }

  /** Removes a file from the folder of plugins. */
  public void removePlugin(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static MaestroException unusable(Path file, IOException e) {
    return new MaestroException(
        MaestroException.Kind.RESOURCE,
        "home",
        "cannot use " + file + " (" + e + ")",
        "check its rights and the disk",
        e);
  }
}
