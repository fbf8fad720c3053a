package maestro.runtime.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import maestro.api.MaestroException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live operations. One thread does them all, one after the other; what has to wait for running jobs
 * is put aside and tried again whenever a job ends, so nothing ever waits while holding something.
 *
 * <p>A swap installs and starts the new bundle first, so that the next job finds it, and lets the
 * old one go when its last job is done: stop, uninstall, refresh. Before that, the bundles that
 * would be disturbed (those wired to its packages, those that use its services, and so on) are
 * looked up; if a pinned one is among them the operation is refused.
 */
@Component(service = BundleManager.class)
public final class BundleManager {
  private static final Logger LOG = LoggerFactory.getLogger(BundleManager.class);
  private static final long REFRESH_SECONDS = 30;

  private final BundleContext context;
  private final BundleLeases leases;
  private final Set<String> pinned;
  private final SignaturePolicy signatures;
  private final ExecutorService thread;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final Map<Long, Signature> known = new ConcurrentHashMap<>();
  private long installed;

  /** Something to do to a bundle as soon as no job is disturbed. */
  private record Pending(
      Bundle bundle,
      String what,
      boolean refreshes,
      Callable<Void> action,
      CompletableFuture<Void> done) {}

  /** Made by Declarative Services. */
  @Activate
  @SuppressWarnings("unchecked") // what the launcher offers shares only JDK types with the bundles
  public BundleManager(BundleContext context, @Reference BundleLeases leases) {
    this.context = context;
    this.leases = leases;
    this.pinned = Launcher.offered(context, Set.class, "pinned").orElse(Set.of());
    this.signatures =
        new SignaturePolicy(
            Boolean.parseBoolean(context.getProperty("maestro.require-signature")),
            words(context.getProperty("maestro.trusted-signers")));
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "maestro bundles");
              made.setDaemon(true);
              return made;
            });
    leases.onIdle(() -> thread.execute(this::tryPending));
  }

  @Deactivate
  void stop() {
    thread.shutdown();
  }

  /** All bundles but the framework, by name, the one jobs get first. */
  public List<Bundle> bundles() {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> bundle.getBundleId() != 0)
        .sorted(Comparator.comparing(Bundle::getSymbolicName).thenComparing(NEWEST_FIRST))
        .toList();
  }

  private static final Comparator<Bundle> NEWEST_FIRST =
      Comparator.comparing(Bundle::getVersion).thenComparing(Bundle::getBundleId).reversed();

  /**
   * The bundle of that name which the next job gets: not retired, the highest version, the newest.
   */
  public Optional<Bundle> current(String name) {
    return bundles().stream()
        .filter(bundle -> bundle.getSymbolicName().equals(name) && !leases.retired(bundle))
        .findFirst();
  }

  /**
   * Installs and starts a bundle, in place of the one of the same name if there is one. That one
   * goes when its last job is done.
   *
   * @param file the bundle; it is copied, the file may change afterwards
   * @param start false for a bundle that is switched off
   */
  public CompletableFuture<Bundle> install(Path file, boolean start) {
    return submit(() -> swapIn(file, start));
  }

  /**
   * Checks what can be checked of a file before it is put in: that it is a bundle, its signature,
   * that it is not pinned.
   *
   * @throws MaestroException that says why it cannot be put in
   */
  public Signature checkInstallable(Path file) {
    String name = symbolicName(file);
    if (pinned.contains(name)) {
      throw refused(
          name,
          "is pinned and cannot be replaced while the process lives",
          "replace it in the distribution");
    }
    return signatures.check(name, Signature.verify(file));
  }

  /** Starts a bundle; a stop that still waits is called off. */
  public CompletableFuture<Void> start(Bundle bundle) {
    return submit(
        () -> {
          for (Iterator<Pending> all = pending.iterator(); all.hasNext(); ) {
            Pending waiting = all.next();
            if (waiting.bundle.equals(bundle) && waiting.what.equals("stop")) {
              all.remove();
              waiting.done.completeExceptionally(
                  refused(
                      bundle.getSymbolicName(),
                      "was started again before it could stop",
                      "stop it again"));
            }
          }
          leases.reinstate(bundle);
          begin(bundle);
          return null;
        });
  }

  /** Stops a bundle once no job is disturbed. */
  public CompletableFuture<Void> stop(Bundle bundle) {
    return retire(
        bundle,
        "stop",
        false,
        () -> {
          bundle.stop();
          leases.reinstate(bundle);
          LOG.info("{} off", bundle.getSymbolicName());
          return null;
        });
  }

  /** Uninstalls a bundle once no job is disturbed. */
  public CompletableFuture<Void> uninstall(Bundle bundle) {
    return retire(bundle, "uninstall", true, () -> remove(bundle));
  }

  /** True for a bundle that nothing may stop, replace or refresh while the process lives. */
  public boolean pinned(Bundle bundle) {
    return bundle.getBundleId() == 0 || pinned.contains(bundle.getSymbolicName());
  }

  /** Signer and digest of a bundle's file. */
  public Signature signature(Bundle bundle) {
    return known.computeIfAbsent(bundle.getBundleId(), id -> Signature.verify(file(bundle)));
  }

  /** SHA-256 of a bundle's file, lower-case hexadecimal; empty for the framework itself. */
  public String digest(Bundle bundle) {
    Signature signature = known.get(bundle.getBundleId());
    if (signature != null || bundle.getBundleId() == 0) {
      return signature == null ? "" : signature.digest();
    }
    try {
      return Signature.digest(file(bundle));
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          bundle.getSymbolicName(),
          "its file cannot be read (" + e.getMessage() + ")",
          "reinstall the distribution",
          e);
    }
  }

  private static Path file(Bundle bundle) {
    return Path.of(URI.create(bundle.getLocation().replaceFirst("^reference:", "")));
  }

  /** Bundles that would be disturbed if this one went, itself excluded, by name. */
  public List<Bundle> affected(Bundle bundle) {
    Set<Bundle> all = closure(bundle, true);
    all.remove(bundle);
    return all.stream().sorted(Comparator.comparing(Bundle::getSymbolicName)).toList();
  }

  /** What waits for running jobs, for people: {@code stop encoder.clip}. */
  public List<String> waiting() {
    return join(
        submit(
            () -> pending.stream().map(p -> p.what + " " + p.bundle.getSymbolicName()).toList()));
  }

  /** Waits for the result of an operation and throws its own exception. */
  public static <T> T join(CompletableFuture<T> operation) {
    try {
      return operation.join();
    } catch (java.util.concurrent.CompletionException e) {
      if (e.getCause() instanceof MaestroException plain) {
        throw plain;
      }
      throw e;
    }
  }

  private Bundle swapIn(Path file, boolean start) throws BundleException, IOException {
    String name = symbolicName(file);
    Signature signature = checkInstallable(file);
    Optional<Bundle> old = current(name);
    old.ifPresent(bundle -> guard(bundle, closure(bundle, true)));
    Bundle fresh;
    try (InputStream in = Files.newInputStream(file)) {
      fresh = context.installBundle("maestro:" + name + ":" + ++installed, in);
    }
    known.put(fresh.getBundleId(), signature);
    LOG.info(
        "{} signer {}, SHA-256 {}", name, signature.signer().orElse("none"), signature.digest());
    if (start) {
      try {
        begin(fresh);
      } catch (MaestroException e) {
        remove(fresh);
        throw e;
      }
    }
    old.ifPresent(bundle -> uninstall(bundle).exceptionally(this::report));
    return fresh;
  }

  private CompletableFuture<Void> retire(
      Bundle bundle, String what, boolean refreshes, Callable<Void> action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    CompletableFuture<Void> asked =
        submit(
            () -> {
              guard(bundle, closure(bundle, refreshes));
              leases.retire(bundle);
              pending.add(new Pending(bundle, what, refreshes, action, done));
              tryPending();
              return null;
            });
    asked.whenComplete(
        (nothing, failure) -> {
          if (failure != null) {
            done.completeExceptionally(failure);
          }
        });
    return done;
  }

  private void tryPending() {
    for (Pending next : List.copyOf(pending)) {
      Set<Bundle> disturbed = closure(next.bundle, next.refreshes);
      if (!leases.tryClose(disturbed)) {
        continue;
      }
      try {
        pending.remove(next);
        guard(next.bundle, disturbed);
        next.action.call();
        next.done.complete(null);
      } catch (Exception e) {
        next.done.completeExceptionally(e);
      } finally {
        leases.open(disturbed);
      }
    }
  }

  private void begin(Bundle bundle) {
    if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null) {
      return;
    }
    try {
      bundle.start();
      LOG.info("{} on ({})", bundle.getSymbolicName(), bundle.getVersion());
    } catch (BundleException e) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          bundle.getSymbolicName(),
          "does not start: " + MissingPackages.explain(context, bundle).orElse(e.getMessage()),
          "see 'maestro bundles why " + bundle.getSymbolicName() + "'",
          e);
    }
  }

  private Void remove(Bundle bundle) throws BundleException {
    // It stays retired, and its digest known: a job may have found it a moment ago and come for it
    // only now.
    bundle.uninstall();
    CountDownLatch refreshed = new CountDownLatch(1);
    wiring()
        .refreshBundles(
            Set.of(bundle),
            event -> {
              if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
              }
            });
    try {
      if (!refreshed.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn(
            "{}: the framework is still refreshing after {} s",
            bundle.getSymbolicName(),
            REFRESH_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.info("{} {} gone", bundle.getSymbolicName(), bundle.getVersion());
    return null;
  }

  /** The bundle, what is wired to it, and what uses services of any of these, on and on. */
  private Set<Bundle> closure(Bundle bundle, boolean wires) {
    Set<Bundle> all = new LinkedHashSet<>(Set.of(bundle));
    Deque<Bundle> todo = new ArrayDeque<>(all);
    while (!todo.isEmpty()) {
      Bundle next = todo.remove();
      Collection<Bundle> disturbed = new ArrayList<>(serviceUsers(next));
      if (wires) {
        disturbed.addAll(wiring().getDependencyClosure(Set.of(next)));
      }
      for (Bundle other : disturbed) {
        if (other.getBundleId() != 0 && all.add(other)) {
          todo.add(other);
        }
      }
    }
    return all;
  }

  /**
   * Users of a bundle's services; the host's own bundle is none, it uses plugins only through
   * leases.
   */
  private Set<Bundle> serviceUsers(Bundle bundle) {
    Set<Bundle> users = new HashSet<>();
    ServiceReference<?>[] services =
        bundle.getState() == Bundle.ACTIVE ? bundle.getRegisteredServices() : null;
    for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
      Bundle[] using = service.getUsingBundles();
      users.addAll(using == null ? List.of() : List.of(using));
    }
    users.removeIf(user -> pinned(user) && !user.equals(bundle));
    return users;
  }

  private void guard(Bundle bundle, Set<Bundle> disturbed) {
    Optional<Bundle> pinnedOne = disturbed.stream().filter(this::pinned).findFirst();
    if (pinnedOne.isPresent()) {
      String name = bundle.getSymbolicName();
      throw refused(
          name,
          pinnedOne.get().equals(bundle)
              ? "is pinned and cannot go while the process lives"
              : "cannot go while the process lives: "
                  + pinnedOne.get().getSymbolicName()
                  + " depends on it",
          "change the distribution and restart");
    }
  }

  private FrameworkWiring wiring() {
    return context.getBundle(0).adapt(FrameworkWiring.class);
  }

  private <T> CompletableFuture<T> submit(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private Void report(Throwable failure) {
    LOG.warn("{}", failure.getMessage());
    return null;
  }

  /** Name of the bundle in a file. */
  public static String symbolicName(Path file) {
    Manifest manifest;
    try (JarFile jar = new JarFile(file.toFile())) {
      manifest = jar.getManifest();
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.getFileName().toString(),
          "is not a whole jar file (" + e.getMessage() + ")",
          "get the file again",
          e);
    }
    String name =
        manifest == null
            ? null
            : manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
    if (name == null) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.getFileName().toString(),
          "is a jar, but not a bundle: its manifest has no Bundle-SymbolicName",
          "build it with the bnd-maven-plugin, see 'maestro new-plugin'");
    }
    return name.split(";")[0].trim();
  }

  private static MaestroException refused(String part, String cause, String next) {
    return new MaestroException(MaestroException.Kind.CONFIGURATION, part, cause, next);
  }

  private static Set<String> words(String list) {
    return list == null || list.isBlank() ? Set.of() : Set.of(list.trim().split("\\s*,\\s*"));
  }
}
