package maestro.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A started framework with the bundles of a distribution. Bundles see slf4j from the launcher's
 * class path.
 */
public final class FrameworkHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FrameworkHost.class);

  /**
   * Bundles that start before this order are the host itself: the process does not go on without
   * one of them.
   */
  private static final int HOST_ORDER = 10;

  private static final long STOP_MILLIS = 10_000;

  private final Framework framework;
  private final RunFolder runFolder;

  private FrameworkHost(Framework framework, RunFolder runFolder) {
    this.framework = framework;
    this.runFolder = runFolder;
  }

  /**
   * Starts the framework on the class path and the distribution's bundles in it.
   *
   * @param distribution folder with {@code features} and {@code bundles}
   * @param home where Maestro keeps what outlives a process
   * @param featureFiles feature files to use instead of the distribution's, or empty
   * @param properties framework properties on top of the features'
   */
  public static FrameworkHost start(
      Path distribution, Path home, List<Path> featureFiles, Map<String, String> properties) {
    Feature feature = feature(distribution, home, featureFiles);
    RunFolder runFolder = RunFolder.create(home);
    FrameworkHost host = null;
    try {
      Map<String, String> all = properties(distribution, home, feature, runFolder.path());
      all.putAll(properties);
      Framework framework = factory().newFramework(all);
      host = new FrameworkHost(framework, runFolder);
      framework.init();
      host.fill(distribution, home, feature);
      return host;
    } catch (BundleException e) {
      throw new LaunchException(
          "framework",
          "does not start: " + e.getMessage(),
          "run 'maestro --verbose' for the details",
          e);
    } finally {
      if (host == null) {
        runFolder.close();
      }
    }
  }

  /** The system bundle's context. */
  public BundleContext context() {
    return framework.getBundleContext();
  }

  /** Stops the framework and removes what it kept on disk. */
  @Override
  public void close() {
    try {
      framework.stop();
      framework.waitForStop(STOP_MILLIS);
    } catch (BundleException e) {
      LOG.warn("the framework does not stop: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    runFolder.close();
  }

  private void fill(Path distribution, Path home, Feature feature) throws BundleException {
    BundleContext context = framework.getBundleContext();
    Hashtable<String, Object> role = new Hashtable<>(Map.of("maestro.role", "configurations"));
    context.registerService(Map.class, new LinkedHashMap<>(feature.configurations()), role);
    framework.start();
    Set<String> switchedOff = switchedOff(home);
    Map<Feature.Bundle, Bundle> installed = new LinkedHashMap<>();
    for (Feature.Bundle bundle : feature.bundles()) {
      Path file = bundle.file(distribution, feature);
      installed.put(bundle, context.installBundle("reference:" + file.toUri()));
    }
    Set<String> pinned = new TreeSet<>();
    installed.forEach(
        (listed, bundle) -> {
          if (listed.pinned()) {
            pinned.add(bundle.getSymbolicName());
          }
        });
    context.registerService(Set.class, pinned, new Hashtable<>(Map.of("maestro.role", "pinned")));
    for (Map.Entry<Feature.Bundle, Bundle> entry : installed.entrySet()) {
      Bundle bundle = entry.getValue();
      boolean fragment = bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
      if (fragment || switchedOff.contains(bundle.getSymbolicName()) && !entry.getKey().pinned()) {
        continue;
      }
      try {
        bundle.start();
      } catch (BundleException e) {
        if (entry.getKey().startOrder() < HOST_ORDER) {
          throw e;
        }
        LOG.warn(
            "{} does not start; see 'maestro bundles why {}'",
            bundle.getSymbolicName(),
            bundle.getSymbolicName());
        LOG.debug("{} does not start", bundle.getSymbolicName(), e);
      }
    }
  }

  private static FrameworkFactory factory() {
    return ServiceLoader.load(FrameworkFactory.class, FrameworkHost.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new LaunchException(
                    "framework", "there is none on the class path", "reinstall the distribution"));
  }

  private static Feature feature(Path distribution, Path home, List<Path> given) {
    List<Path> files = new ArrayList<>(Feature.files(distribution, given));
    files.addAll(Feature.list(home.resolve("features"), "*.json"));
    return Feature.of(distribution, files);
  }

  private static Set<String> switchedOff(Path home) {
    Path file = home.resolve("switched-off");
    try {
      return Files.exists(file) ? new HashSet<>(Files.readAllLines(file)) : Set.of();
    } catch (IOException e) {
      throw new LaunchException(
          file.toString(), "cannot be read: " + e, "mend or remove the file", e);
    }
  }

  private static Map<String, String> properties(
      Path distribution, Path home, Feature feature, Path runFolder) {
    Map<String, String> all = new HashMap<>();
    all.put(
        Constants.FRAMEWORK_BSNVERSION,
        Constants.FRAMEWORK_BSNVERSION_MULTIPLE); // old and new side by side
    all.put(Constants.FRAMEWORK_BOOTDELEGATION, "sun.*,com.sun.*,jdk.*");
    String version = LOG.getClass().getPackage().getImplementationVersion();
    String slf4j = ";version=" + (version == null ? "2.0.17" : version);
    all.put(
        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
        "org.slf4j"
            + slf4j
            + ",org.slf4j.event"
            + slf4j
            + ",org.slf4j.helpers"
            + slf4j
            + ",org.slf4j.spi"
            + slf4j);
    all.putAll(feature.properties());
    all.put(Constants.FRAMEWORK_STORAGE, runFolder.resolve("framework").toString());
    all.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    all.put("maestro.home", home.toString());
    all.put("maestro.distribution", distribution.toString());
    all.put("maestro.version", Main.version());
    all.put("maestro.feature", feature.id());
    return all;
  }
}
