package maestro.runtime.bundles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import maestro.api.MaestroException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * What a jar says of itself before it is put in.
 *
 * @param path the jar
 * @param name symbolic name, a word of letters, digits, dots, hyphens and underscores
 * @param version its version
 * @param fragment whether it is a fragment, which is never started
 */
public record BundleFile(Path path, String name, Version version, boolean fragment) {
  /**
   * Reads the manifest. Whether all its headers make sense is known only when a framework takes the
   * bundle.
   *
   * @throws MaestroException of kind INPUT, named after the file, when it is no bundle
   */
  public static BundleFile read(Path file) {
    try (JarFile jar = new JarFile(file.toFile())) {
      Manifest manifest = jar.getManifest();
      Attributes headers = manifest == null ? new Attributes() : manifest.getMainAttributes();
      String name = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
      if (name == null) {
        throw refused(
            file,
            "is a jar, but not a bundle: its manifest has no Bundle-SymbolicName",
            "build it with the bnd-maven-plugin, see 'maestro new-plugin'",
            null);
      }
      name = name.split(";")[0].trim();
      if (!name.matches("[\\w-]+(\\.[\\w-]+)*")) {
        throw refused(
            file, "has a Bundle-SymbolicName that is none: '" + name + "'", "mend it", null);
      }
      return new BundleFile(
          file,
          name,
          version(file, headers.getValue(Constants.BUNDLE_VERSION)),
          headers.getValue(Constants.FRAGMENT_HOST) != null);
    } catch (IOException | SecurityException e) {
      throw refused(
          file, "is not a whole jar file (" + e.getMessage() + ")", "get the file again", e);
    }
  }

  private static Version version(Path file, String text) {
    try {
      return Version.parseVersion(text);
    } catch (IllegalArgumentException e) {
      throw refused(
          file, "has a Bundle-Version that is none: '" + text + "'", "write for instance 1.2.3", e);
    }
  }

  /** The error for a file that cannot be put in. */
  static MaestroException refused(Path file, String cause, String next, Throwable underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT, file.getFileName().toString(), cause, next, underlying);
  }

  @Override
  public String toString() {
    return name + " " + version;
  }
}
