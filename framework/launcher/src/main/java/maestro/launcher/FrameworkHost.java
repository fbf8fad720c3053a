package maestro.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
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
   * one of them, and none is replaced while it lives.
   */
  private static final int HOST_ORDER = 10;

  private static final long STOP_MILLIS = 10_000;

  private final Framework framework;
  private final RunFolder runFolder;
  private final NativeLinks natives;

  private FrameworkHost(Framework framework, RunFolder runFolder, NativeLinks natives) {
    this.framework = framework;
    this.runFolder = runFolder;
    this.natives = natives;
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
    boolean started = false;
    try {
      HomeDisk.check(home, HomeDisk.LEAST_BYTES, null);
      NativeLinks natives = NativeLinks.in(runFolder.path());
      Map<String, String> all = properties(distribution, home, feature, runFolder.path());
      all.putAll(properties);
      host = new FrameworkHost(factory().newFramework(all), runFolder, natives);
      host.framework.init();
      host.fill(distribution, feature);
      started = true;
      return host;
    } catch (LaunchException e) {
      throw e;
    } catch (BundleException | RuntimeException e) {
      HomeDisk.check(home, HomeDisk.LEAST_BYTES, e);
      throw doesNotStart(e);
    } finally {
      if (host == null) {
        runFolder.close();
      } else if (!started) {
        host.close();
      }
    }
  }

  private static LaunchException doesNotStart(Exception e) {
    return new LaunchException(
        "framework",
        "does not start: " + e.getMessage(),
        "run 'maestro --verbose' for the details",
        e);
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
    natives.close();
    runFolder.close();
  }

  /** Starts the host alone; the host then starts the rest, of which it keeps the one list. */
  private void fill(Path distribution, Feature feature) throws BundleException {
    BundleContext context = framework.getBundleContext();
    context.registerService(
        Map.class, new LinkedHashMap<>(feature.configurations()), role("configurations"));
    framework.start();
    List<Map<String, Object>> listed = new ArrayList<>();
    List<Bundle> host = new ArrayList<>();
    for (Feature.Bundle bundle : feature.bundles()) {
      Path file = bundle.file(distribution, feature);
      boolean ofHost = bundle.startOrder() < HOST_ORDER;
      listed.add(
          Map.of("file", file, "order", bundle.startOrder(), "pinned", bundle.pinned() || ofHost));
      if (ofHost) {
        host.add(context.installBundle("reference:" + file.toUri()));
      }
    }
    context.registerService(List.class, listed, role("distribution"));
    for (Bundle bundle : host) {
      if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
        bundle.start();
      }
    }
    ((Runnable) HostServices.find(context, "start")).run();
  }

  private static Hashtable<String, Object> role(String name) {
    return new Hashtable<>(Map.of("maestro.role", name));
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
    Feature shipped = Feature.of(distribution, files);
    List<Path> own = Feature.list(home.resolve("features"), "*.json");
    if (own.isEmpty()) {
      return shipped;
    }
    files.addAll(own);
    Feature all = Feature.of(distribution, files);
    return all.withProperties(SignatureRules.stricter(shipped.properties(), all.properties()))
        .withProduct(shipped.product());
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
    feature.product().ifPresent(product -> all.put("maestro.product", product.toString()));
    feature.recipes().forEach((command, recipe) -> all.put("maestro.recipe." + command, recipe));
    return all;
  }
}
