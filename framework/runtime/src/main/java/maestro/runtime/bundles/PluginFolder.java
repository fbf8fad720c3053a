package maestro.runtime.bundles;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import maestro.api.MaestroException;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watched folder {@code <home>/plugins}: a jar that appears is put in, one that changes is
 * swapped, one that goes is taken out, each once running jobs allow. A jar with the name of a
 * bundle of the distribution stands in for that one as long as it lies there and is not older. A
 * file that is still being written is no whole jar and is looked at again; moving it in is quicker.
 */
@Component(service = PluginFolder.class)
public final class PluginFolder {
  private static final Logger LOG = LoggerFactory.getLogger(PluginFolder.class);
  private static final long SETTLE_MILLIS = 30;
  private static final long POLL_MILLIS = 2_000;

  private final BundleManager bundles;
  private final BundleList list;
  private final Home home;
  private final PluginJars jars;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private WatchService watcher;

  /** Made by Declarative Services. */
  @Activate
  public PluginFolder(
      @Reference BundleManager bundles, @Reference BundleList list, @Reference Home home) {
    this.bundles = bundles;
    this.list = list;
    this.home = home;
    this.jars = new PluginJars(home.plugins());
  }

  /** Puts in and starts the bundles of the distribution and the folder, and begins to watch. */
  synchronized void begin() {
    watcher = watcher();
    jars.look();
    list.begin(jars.whole());
    Thread thread = new Thread(this::watch, "maestro plugins folder");
    thread.setDaemon(true);
    thread.start();
  }

  @Deactivate
  void stop() throws IOException {
    stopped.countDown();
    WatchService open = watcher;
    if (open != null) {
      open.close();
    }
  }

  /** The file a bundle came from, if it lies in the folder. */
  public synchronized Optional<Path> fileOf(Bundle bundle) {
    return list.fileOf(bundle);
  }

  /** All jars of the folder that hold a bundle of that name. */
  public synchronized List<Path> filesOf(String name) {
    jars.look();
    return jars.whole().stream()
        .filter(jar -> jar.name().equals(name))
        .map(Candidate::path)
        .toList();
  }

  /** Jars of the folder that are not in, with the reason. */
  public synchronized Map<Path, String> refused() {
    Map<Path, String> all = new TreeMap<>(jars.refused());
    all.putAll(list.refused());
    return all;
  }

  /**
   * Checks what can be checked of a file before it is put in: its signature, that it is not pinned,
   * and that no newer one of its name would stay in its place.
   *
   * @throws MaestroException that says why it cannot be put in
   */
  public synchronized Signature check(BundleFile file) {
    Signature signature = bundles.checkInstallable(file);
    jars.look();
    Path target = target(file);
    Candidate asked = new Candidate(file, 0, Optional.of(Candidate.Stamp.now()));
    List<Candidate> others =
        jars.whole().stream().filter(jar -> !jar.path().equals(target)).toList();
    Candidate winner = list.winner(asked, others);
    if (!winner.equals(asked)) {
      String where =
          winner.shipped()
              ? "of the distribution"
              : "in the plugins folder (" + winner.path().getFileName() + ")";
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          file.name(),
          file.version() + " is older than " + winner.file().version() + " " + where,
          "give it a higher version" + (winner.shipped() ? "" : ", or uninstall that one first"));
    }
    return signature;
  }

  /**
   * Puts a bundle in and its file into the folder, where a jar of the same name is replaced.
   *
   * @return the bundle, started unless it is switched off
   * @throws MaestroException when it cannot be used; the folder is then as it was
   */
  public synchronized Bundle install(BundleFile file) {
    check(file);
    Path target = target(file);
    Path part = home.copyPlugin(file.path(), file.name());
    try {
      Bundle fresh =
          BundleManager.join(bundles.install(file, !home.switchedOff().contains(file.name())));
      home.keepPlugin(part, target);
      list.note(
          jars.candidate(new BundleFile(target, file.name(), file.version(), file.fragment())),
          fresh);
      return fresh;
    } finally {
      home.removePlugin(part);
    }
  }

  private Path target(BundleFile file) {
    return home.plugins().resolve(file.name() + ".jar");
  }

  /**
   * Looks at the folder now and does what has changed; returns when new plugins are on.
   *
   * @return completes when the plugins whose files have gone are out
   */
  public synchronized CompletableFuture<Void> scan() {
    if (!jars.look()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> leaving = list.update(jars.whole(), jars.lying());
    list.takeNews().forEach(sentence -> System.err.println("plugins: " + sentence));
    return leaving;
  }

  /** A folder that cannot be watched is looked at from time to time. */
  private WatchService watcher() {
    WatchService made = null;
    try {
      Path folder = Files.createDirectories(home.plugins());
      made = folder.getFileSystem().newWatchService();
      folder.register(
          made,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException e) {
      LOG.warn(
          "plugins folder: {} cannot be watched: {}; check its rights",
          home.plugins(),
          e.toString());
    }
    return made;
  }

  private void watch() {
    try {
      while (!await()) {
        try {
          scan().exceptionally(this::complain);
        } catch (RuntimeException | LinkageError e) {
          complain(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ClosedWatchServiceException e) {
      LOG.debug("the plugins folder is not watched any more");
    }
  }

  /** Waits for news, or for a while. */
  private boolean await() throws InterruptedException {
    if (watcher == null) {
      return stopped.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
    WatchKey key = watcher.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
    if (key != null) {
      Thread.sleep(SETTLE_MILLIS);
      key.pollEvents();
      key.reset();
    }
    return false;
  }

  private Void complain(Throwable e) {
    LOG.warn("plugins folder: {}", e.getMessage() == null ? e.toString() : e.getMessage());
    LOG.debug("plugins folder", e);
    return null;
  }
}
