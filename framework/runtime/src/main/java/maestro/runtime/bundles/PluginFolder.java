package maestro.runtime.bundles;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import maestro.api.MaestroException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watched folder {@code <home>/plugins}: a jar that appears is put in, one that changes is
 * swapped, one that goes is taken out, each once running jobs allow. A jar with the name of a
 * bundle of the distribution stands in for that one as long as it lies there. A file that is still
 * being written is no whole jar and is looked at again; moving it in is quicker.
 */
@Component(service = PluginFolder.class)
public final class PluginFolder {
  private static final Logger LOG = LoggerFactory.getLogger(PluginFolder.class);
  private static final long SETTLE_MILLIS = 30;
  private static final long POLL_MILLIS = 2_000;

  private final BundleContext context;
  private final BundleManager bundles;
  private final Home home;
  private final Map<Path, Installed> installed = new HashMap<>();
  private final Set<String> complaints = new HashSet<>();
  private final WatchService watcher;
  private volatile boolean watching;

  /** What a file was when it was put in, and what it stands in for. */
  private record Installed(Stamp stamp, Bundle bundle, String standsInFor) {}

  private record Stamp(long size, FileTime time, Object key) {}

  /** Puts in what lies in the folder and begins to watch it. */
  @Activate
  public PluginFolder(
      BundleContext context, @Reference BundleManager bundles, @Reference Home home) {
    this.context = context;
    this.bundles = bundles;
    this.home = home;
    try {
      Path folder = Files.createDirectories(home.plugins());
      watcher = folder.getFileSystem().newWatchService();
      folder.register(
          watcher,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          "plugins folder",
          "cannot be watched: " + e,
          "check the rights of " + home.plugins(),
          e);
    }
    scan();
    watching = true;
    Thread thread = new Thread(this::watch, "maestro plugins folder");
    thread.setDaemon(true);
    thread.start();
  }

  @Deactivate
  void stop() throws IOException {
    watcher.close();
  }

  /** The file a bundle came from, if it lies in the folder. */
  public synchronized Optional<Path> fileOf(Bundle bundle) {
    return installed.entrySet().stream()
        .filter(entry -> entry.getValue().bundle.equals(bundle))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * Looks at the folder now and does what has changed; returns when new plugins are on.
   *
   * @return completes when the plugins whose files have gone are out
   */
  public synchronized CompletableFuture<Void> scan() {
    Map<Path, Stamp> there = new HashMap<>();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(home.plugins(), "*.jar")) {
      for (Path jar : jars) {
        there.put(jar, stamp(jar));
      }
    } catch (IOException e) {
      complain(home.plugins(), "the plugins folder cannot be read: " + e);
      return CompletableFuture.completedFuture(null);
    }
    List<CompletableFuture<Void>> leaving = new ArrayList<>();
    for (Path gone : new TreeSet<>(installed.keySet())) {
      if (!there.containsKey(gone)) {
        leaving.add(takeOut(gone));
      }
    }
    for (Path jar : new TreeSet<>(there.keySet())) {
      Installed before = installed.get(jar);
      if (before == null || !before.stamp.equals(there.get(jar))) {
        putIn(jar, there.get(jar), before);
      }
    }
    return CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new));
  }

  private void putIn(Path jar, Stamp stamp, Installed before) {
    try {
      Set<String> names = new HashSet<>();
      Map<String, String> locations = new HashMap<>();
      for (Bundle bundle : bundles.bundles()) {
        names.add(bundle.getSymbolicName());
        locations.putIfAbsent(bundle.getSymbolicName(), bundle.getLocation());
      }
      Bundle bundle =
          BundleManager.join(
              bundles.install(jar, !home.switchedOff().contains(BundleManager.symbolicName(jar))));
      String name = bundle.getSymbolicName();
      String standsInFor =
          before != null ? before.standsInFor : names.contains(name) ? locations.get(name) : null;
      installed.put(jar, new Installed(stamp, bundle, standsInFor));
      Signature signature = bundles.signature(bundle);
      if (watching && signature.signer().isEmpty()) {
        LOG.warn("{} is not signed, SHA-256 {}", name, signature.digest());
      }
      complaints.removeIf(complaint -> complaint.startsWith(jar + " "));
    } catch (MaestroException e) {
      complain(jar, e.getMessage());
    }
  }

  private CompletableFuture<Void> takeOut(Path jar) {
    Installed before = installed.remove(jar);
    return bundles
        .uninstall(before.bundle)
        .whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                complain(jar, failure.getMessage());
              } else if (before.standsInFor != null
                  && before.standsInFor.startsWith("reference:")) {
                bringBack(before.standsInFor);
              }
            });
  }

  private void bringBack(String location) {
    try {
      Bundle original = context.installBundle(location);
      if (!home.switchedOff().contains(original.getSymbolicName())) {
        original.start();
      }
    } catch (BundleException e) {
      LOG.warn("{} of the distribution does not come back: {}", location, e.getMessage());
    }
  }

  private void watch() {
    try {
      while (true) {
        WatchKey key = watcher.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (key != null) {
          Thread.sleep(SETTLE_MILLIS);
          key.pollEvents();
          key.reset();
        }
        scan();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ClosedWatchServiceException e) {
      LOG.debug("the plugins folder is not watched any more");
    }
  }

  /** Says the same about the same file once. */
  private void complain(Path file, String what) {
    if (complaints.add(file + " " + what)) {
      LOG.warn("{}", what);
    }
  }

  private static Stamp stamp(Path file) throws IOException {
    var attributes = Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class);
    return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }
}
