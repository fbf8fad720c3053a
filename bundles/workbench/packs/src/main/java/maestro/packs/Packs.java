package maestro.packs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import maestro.api.MaestroException;
import maestro.api.host.PluginNames;
import maestro.api.host.PluginRegistry;
import maestro.api.pack.PackRepository;
import maestro.files.Home;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The packs in the user's Maestro home and in the distribution; of two with one name, the user's.
 * They are looked up anew each time, so a pack can be put in place while the host runs.
 */
@Component(service = {PackRepository.class, Packs.class})
public final class Packs implements PackRepository {
  private static final String FOLDER = "packs";

  private final List<Path> folders;
  private final Supplier<PluginNames> partNames;

  /** The packs of the running host. */
  @Activate
  public Packs(BundleContext context, @Reference PluginRegistry registry) {
    this(Home.folders(context, FOLDER), () -> PluginNames.of(registry));
  }

  /** The packs in these folders; the first is where new ones go. */
  Packs(List<Path> folders) {
    this(folders, () -> PluginNames.NONE);
  }

  /**
   * The packs in these folders.
   *
   * @param partNames what plugins, and so their parts, were called before
   */
  Packs(List<Path> folders, Supplier<PluginNames> partNames) {
    this.folders = List.copyOf(folders);
    this.partNames = partNames;
  }

  /** Where new packs are put. */
  Path writable() {
    return folders.get(0);
  }

  @Override
  public List<String> names() {
    TreeSet<String> names = new TreeSet<>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
          for (Path entry : entries) {
            String name = entry.getFileName().toString();
            if (PackDescription.NAME.matcher(name).matches()
                && Files.isRegularFile(entry.resolve(PackDescription.FILE))) {
              names.add(name);
            }
          }
        } catch (IOException e) {
          throw new MaestroException(
              MaestroException.Kind.RESOURCE,
              folder.toString(),
              "the packs cannot be listed",
              "check its rights",
              e);
        }
      }
    }
    return List.copyOf(names);
  }

  @Override
  public PackFolder open(String name) {
    if (PackDescription.NAME.matcher(name).matches()) {
      for (Path folder : folders) {
        if (Files.isDirectory(folder.resolve(name))) {
          return open(folder.resolve(name));
        }
      }
    }
    List<String> names = names();
    throw new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        "pack " + printable(name),
        "there is none of that name"
            + (names.isEmpty() ? "" : " among " + String.join(", ", names)),
        "see 'maestro packs list', or get it with 'maestro packs fetch' or 'assemble'");
  }

  /** Opens the pack in a folder, which need not be one of those. */
  PackFolder open(Path folder) {
    return PackFolder.open(folder, partNames.get());
  }

  /** Today's name of a part. */
  String part(String name) {
    return partNames.get().current(name);
  }

  private static String printable(String name) {
    return name.substring(0, Math.min(64, name.length())).replaceAll("[^ -~]", "?");
  }
}
