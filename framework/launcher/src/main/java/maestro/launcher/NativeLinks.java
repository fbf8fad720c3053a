package maestro.launcher;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The engines' libraries for a second host in one process. Java gives a library file to one class
 * loader for good, and the first host's is not gone when that host is. So every later host finds
 * the same files under other names, hard links in its run folder; where the disk has none, copies.
 */
final class NativeLinks implements AutoCloseable {
  private static final List<String> FOLDERS =
      List.of("onnxruntime.native.path", "PYTORCH_LIBRARY_PATH");

  /** System property that tells later hosts, whose classes are others, that there was one. */
  private static final String USED = "maestro.natives.used";

  private final Map<String, String> before = new HashMap<>();

  private NativeLinks() {}

  /** Points the engines to libraries that no host of this process has used. */
  static NativeLinks in(Path runFolder) {
    NativeLinks links = new NativeLinks();
    if (System.setProperty(USED, "true") != null) {
      for (String property : FOLDERS) {
        String folder = System.getProperty(property);
        if (folder != null && Files.isDirectory(Path.of(folder))) {
          System.setProperty(property, linked(Path.of(folder), runFolder.resolve(property)));
          links.before.put(property, folder);
        }
      }
    }
    return links;
  }

  /** Points them to where they were. */
  @Override
  public void close() {
    before.forEach(System::setProperty);
  }

  private static String linked(Path folder, Path target) {
    try {
      Files.createDirectories(target);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
        for (Path file : files) {
          link(target.resolve(file.getFileName()), file.toRealPath());
        }
      }
      return target.toString();
    } catch (IOException e) {
      throw LaunchException.resource(
          "home",
          "the native libraries cannot be put into " + target + " (" + e + ")",
          "make room, or choose another folder with --home or MAESTRO_HOME",
          e);
    }
  }

  private static void link(Path link, Path file) throws IOException {
    try {
      Files.createLink(link, file);
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(file, link); // another disk, or one without links
    }
  }
}
