package maestro.runtime.bundles;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.URL;
import java.util.Optional;
import org.osgi.framework.Bundle;

/** Says as a sentence that a bundle is built for a newer Java than this. */
final class NeededJava {
  private static final int MAGIC = 0xCAFEBABE;

  /** Class files of Java 1.0 have the version 44 and later ones one more each. */
  private static final int BEFORE_FIRST = 44;

  private NeededJava() {}

  /** The sentence, or empty when this Java can run every class of the bundle. */
  static Optional<String> explain(Bundle bundle) {
    return tooNew(newest(bundle, "/"));
  }

  /** The sentence for a version of Java, or empty when this is as new. */
  static Optional<String> tooNew(int java) {
    int here = Runtime.version().feature();
    return java > here ? Optional.of("Java " + java + ", this is " + here) : Optional.empty();
  }

  private static int newest(Bundle bundle, String folder) {
    int newest = 0;
    for (String path : BundleContents.paths(bundle, folder)) {
      if (path.endsWith("/")) {
        // Classes for newer versions of Java beside the others are there for those only.
        newest = Math.max(newest, path.startsWith("META-INF/") ? 0 : newest(bundle, path));
      } else if (path.endsWith(".class") && !path.endsWith("module-info.class")) {
        for (URL file : BundleContents.file(bundle, path)) {
          newest = Math.max(newest, version(file));
        }
      }
    }
    return newest;
  }

  private static int version(URL classFile) {
    try (DataInputStream in = new DataInputStream(classFile.openStream())) {
      return in.readInt() == MAGIC ? (in.readInt() & 0xFFFF) - BEFORE_FIRST : 0;
    } catch (IOException e) {
      return 0; // no class file, whatever its name says, or its bundle has just gone
    }
  }
}
