package maestro.runtime.bundles;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import maestro.api.MaestroException;
import maestro.runtime.bundles.Candidate.Stamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jars that lie in the plugins folder. What is no bundle is named once, and looked at again
 * when it has changed. Not thread-safe.
 */
final class PluginJars {
  /** Plugins start after the bundles they may need. */
  private static final int ORDER = 20;

  private static final Logger LOG = LoggerFactory.getLogger(PluginJars.class);

  private final Path folder;
  private final Map<Path, Candidate> whole = new TreeMap<>();
  private final Map<Path, Refusal> refused = new HashMap<>();
  private final Set<Path> lying = new TreeSet<>();
  private String unreadable = "";

  private record Refusal(Stamp stamp, String why) {}

  PluginJars(Path folder) {
    this.folder = folder;
  }

  /**
   * Looks at the folder.
   *
   * @return false when it cannot be read, so that nothing is known
   */
  boolean look() {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
      jars.forEach(found::add);
      unreadable = "";
    } catch (NoSuchFileException e) {
      LOG.debug("there is no plugins folder now", e);
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      if (!unreadable.equals(e.toString())) {
        unreadable = e.toString();
        LOG.warn("plugins folder: {} cannot be read: {}; check its rights", folder, unreadable);
      }
      return false;
    }
    lying.clear();
    lying.addAll(found);
    whole.keySet().retainAll(lying);
    refused.keySet().retainAll(lying);
    found.forEach(this::look);
    return true;
  }

  /** Bundles among them, by file name. */
  List<Candidate> whole() {
    return List.copyOf(whole.values());
  }

  /** All of them. */
  Set<Path> lying() {
    return Set.copyOf(lying);
  }

  /** Why some are no bundles: the reason by jar. */
  Map<Path, String> refused() {
    Map<Path, String> reasons = new TreeMap<>();
    refused.forEach((jar, refusal) -> reasons.put(jar, refusal.why));
    return reasons;
  }

  /** A jar that was put into the folder, as the next look will find it. */
  Candidate candidate(BundleFile file) {
    try {
      return new Candidate(file, ORDER, Optional.of(stamp(file.path())));
    } catch (IOException e) {
      throw BundleFile.refused(
          file.path(), "cannot be read (" + e + ")", "check its rights and where it leads", e);
    }
  }

  private void look(Path jar) {
    Stamp stamp = null;
    try {
      stamp = stamp(jar);
      Candidate before = whole.get(jar);
      if (before != null && before.stamp().get().equals(stamp)
          || refused.containsKey(jar) && stamp.equals(refused.get(jar).stamp)) {
        return;
      }
      whole.remove(jar);
      whole.put(jar, new Candidate(BundleFile.read(jar), ORDER, Optional.of(stamp)));
      refused.remove(jar);
    } catch (MaestroException e) {
      refuse(jar, stamp, e.getMessage());
    } catch (IOException e) {
      whole.remove(jar);
      refuse(
          jar,
          stamp,
          jar.getFileName() + ": cannot be read (" + e + "); check its rights and where it leads");
    }
  }

  private void refuse(Path jar, Stamp stamp, String why) {
    Refusal before = refused.put(jar, new Refusal(stamp, why));
    if (before == null || !before.why.equals(why)) {
      LOG.warn("{}", why);
    }
  }

  private static Stamp stamp(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new IOException("it is no file");
    }
    return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }
}
