package maestro.runtime.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import maestro.api.MaestroException;
import maestro.files.Sha256;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** Brings files into the framework, and remembers what they were. Thread-safe. */
final class InstalledFiles {
  private final BundleContext context;
  private final Map<Long, Signature> known = new ConcurrentHashMap<>();
  private final Map<Long, String> digests = new ConcurrentHashMap<>();
  private final Map<Long, Boolean> copied = new ConcurrentHashMap<>();
  private final AtomicLong installed = new AtomicLong();

  InstalledFiles(BundleContext context) {
    this.context = context;
  }

  /**
   * Installs a file that is used where it lies.
   *
   * @throws MaestroException that names the file, when the framework does not take it
   */
  Bundle inPlace(BundleFile file) {
    try {
      return context.installBundle("reference:" + file.path().toUri());
    } catch (BundleException | RuntimeException | LinkageError e) {
      throw badHeaders(file, e);
    }
  }

  /**
   * Installs a copy of a file, which may change afterwards.
   *
   * @throws MaestroException that names the file, when the framework does not take it
   */
  Bundle copy(BundleFile file, Signature signature) {
    try (InputStream in = Files.newInputStream(file.path())) {
      Bundle fresh =
          context.installBundle("maestro:" + file.name() + ":" + installed.incrementAndGet(), in);
      checkFilters(fresh);
      copied.put(fresh.getBundleId(), true);
      known.put(fresh.getBundleId(), signature);
      return fresh;
    } catch (IOException | BundleException | RuntimeException | LinkageError e) {
      throw badHeaders(file, e);
    }
  }

  /** True for a bundle of which a copy was installed. */
  boolean copied(Bundle bundle) {
    return copied.containsKey(bundle.getBundleId());
  }

  /** Signer and digest of a bundle's file. */
  Signature signature(Bundle bundle) {
    return known.computeIfAbsent(bundle.getBundleId(), id -> Signature.verify(file(bundle)));
  }

  /** SHA-256 of a bundle's file, lower-case hexadecimal; empty for the framework itself. */
  String digest(Bundle bundle) {
    Signature signature = known.get(bundle.getBundleId());
    if (signature != null || bundle.getBundleId() == 0) {
      return signature == null ? "" : signature.digest();
    }
    return digests.computeIfAbsent(bundle.getBundleId(), id -> read(bundle));
  }

  private static String read(Bundle bundle) {
    return Sha256.of(file(bundle));
  }

  private static Path file(Bundle bundle) {
    return Path.of(URI.create(bundle.getLocation().replaceFirst("^reference:", "")));
  }

  /** Some frameworks find a filter that is none only when they need it. */
  private static void checkFilters(Bundle fresh) throws BundleException {
    try {
      for (BundleRequirement each :
          fresh.adapt(BundleRevision.class).getDeclaredRequirements(null)) {
        String filter = each.getDirectives().get(Constants.FILTER_DIRECTIVE);
        if (filter != null) {
          FrameworkUtil.createFilter(filter);
        }
      }
    } catch (InvalidSyntaxException e) {
      fresh.uninstall();
      throw new BundleException(e.getMessage(), e);
    }
  }

  /** Frameworks throw whatever they like at headers that make no sense. */
  private static MaestroException badHeaders(BundleFile file, Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return BundleFile.refused(
        file.path(),
        "is not taken by the framework (" + root.getMessage() + ")",
        "mend its manifest",
        e);
  }
}
