package maestro.launcher;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Sees the launcher and the one framework of this process. Felix and Equinox each bring the OSGi
 * core packages, so they cannot share a class path; everything else (slf4j, the JSON parser, the
 * JDK) comes from the parent.
 */
final class FrameworkLoader extends URLClassLoader {
  private static final String OWN = FrameworkLoader.class.getPackageName() + ".";

  static {
    registerAsParallelCapable();
  }

  private FrameworkLoader(URL[] urls, ClassLoader parent) {
    super("framework", urls, parent);
  }

  /** A loader for the jars in {@code <distribution>/lib/<framework>}. */
  static FrameworkLoader of(Path distribution, String framework) {
    List<URL> urls = new ArrayList<>();
    Path folder = distribution.resolve("lib").resolve(framework);
    try {
      urls.add(FrameworkLoader.class.getProtectionDomain().getCodeSource().getLocation());
      if (Files.isDirectory(folder)) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
          for (Path jar : jars) {
            urls.add(url(jar));
          }
        }
      }
    } catch (IOException e) {
      throw new LaunchException(
          framework, "cannot read " + folder, "reinstall the distribution", e);
    }
    if (urls.size() == 1) {
      throw new LaunchException(
          framework, "there is no jar in " + folder, "reinstall the distribution or use the other");
    }
    return new FrameworkLoader(urls.toArray(URL[]::new), FrameworkLoader.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OWN)) {
      return super.loadClass(name, resolve);
    }
    synchronized (
        getClassLoadingLock(name)) { // the launcher's own classes must see the framework's
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }

  private static URL url(Path jar) throws MalformedURLException {
    return jar.toUri().toURL();
  }
}
