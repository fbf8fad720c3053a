package maestro.runtime.bundles;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * A bundle that could be in: one the distribution ships, or a jar in the plugins folder.
 *
 * @param file what it says of itself
 * @param order lower ones start first
 * @param stamp of a jar in the plugins folder; empty for a shipped one, which does not change
 */
record Candidate(BundleFile file, int order, Optional<Stamp> stamp) {
  /**
   * The one that is to be in first: the newest version, then what a user put there, then the jar
   * that was written last.
   */
  static final Comparator<Candidate> BEST_FIRST =
      Comparator.<Candidate, org.osgi.framework.Version>comparing(each -> each.file.version())
          .thenComparing(each -> each.stamp.isPresent())
          .thenComparing(each -> each.stamp.map(Stamp::time).orElse(FileTime.fromMillis(0)))
          .thenComparing(Candidate::path)
          .reversed();

  /** What tells a file from what it was before. */
  record Stamp(long size, FileTime time, Object key) {
    /** Of a file that is about to be written. */
    static Stamp now() {
      return new Stamp(0, FileTime.from(Instant.now()), "");
    }
  }

  /** Its jar. */
  Path path() {
    return file.path();
  }

  /** Its symbolic name. */
  String name() {
    return file.name();
  }

  /** True for a bundle of the distribution. */
  boolean shipped() {
    return stamp.isEmpty();
  }
}
