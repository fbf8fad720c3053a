package maestro.runtime.bundles;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import maestro.api.MaestroException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
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
  private final InstalledFiles files;
  private final Distribution distribution;
  private final SignaturePolicy signatures;
  private final Disturbed disturbed;
  private final ExecutorService thread;
  private final Deque<Pending> pending = new ArrayDeque<>();

  /** Something to do to a bundle as soon as no job is disturbed. */
  private record Pending(
      Bundle bundle,
      String what,
      boolean refreshes,
      Callable<Void> action,
      CompletableFuture<Void> done) {}

  /** Made by Declarative Services. */
  @Activate
  public BundleManager(
      BundleContext context, @Reference BundleLeases leases, @Reference Distribution distribution) {
    this.context = context;
    this.leases = leases;
    this.files = new InstalledFiles(context);
    this.distribution = distribution;
    this.disturbed = new Disturbed(wiring(), this::pinned);
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
  CompletableFuture<Bundle> install(BundleFile file, boolean start) {
    return submit(() -> swapIn(file, start));
  }

  /**
   * Installs a bundle, for the list of those that begin together.
   *
   * @param lies whether the jar is used where it lies; else it is copied, and may change afterwards
   * @throws MaestroException that names the jar, when it cannot be put in
   */
  Bundle place(BundleFile file, boolean lies) {
    return lies ? files.inPlace(file) : files.copy(file, checkInstallable(file));
  }

  /** Finds a provider for what each bundle needs, as far as there is one. */
  void resolve(Collection<Bundle> placed) {
    wiring().resolveBundles(placed);
  }

  /**
   * Checks what can be checked of a file before it is put in: that it is a bundle, its signature,
   * that it is not pinned.
   *
   * @throws MaestroException that says why it cannot be put in
   */
  public Signature checkInstallable(BundleFile file) {
    if (distribution.pinned(file.name())) {
      throw pinnedError(file.name());
    }
    return signatures.check(file.name(), Signature.verify(file.path()));
  }

  /** The error for a jar that would replace a pinned bundle. */
  MaestroException pinnedError(String name) {
    return refused(
        name,
        "is pinned and cannot be replaced while the process lives",
        "replace it in the distribution");
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
    return retire(
        bundle,
        "uninstall",
        true,
        () -> {
          remove(bundle);
          return null;
        });
  }

  /** True for a bundle that nothing may stop, replace or refresh while the process lives. */
  public boolean pinned(Bundle bundle) {
    return bundle.getBundleId() == 0 || distribution.pinned(bundle.getSymbolicName());
  }

  /** Signer and digest of a bundle's file. */
  public Signature signature(Bundle bundle) {
    return files.signature(bundle);
  }

  /** SHA-256 of a bundle's file, lower-case hexadecimal; empty for the framework itself. */
  public String digest(Bundle bundle) {
    return files.digest(bundle);
  }

  /** Bundles that would be disturbed if this one went, itself excluded, by name. */
  public List<Bundle> affected(Bundle bundle) {
    Set<Bundle> all = disturbed.by(bundle, true);
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

  private Bundle swapIn(BundleFile file, boolean start) {
    String name = file.name();
    Signature signature = checkInstallable(file);
    Optional<Bundle> old = current(name);
    old.ifPresent(bundle -> disturbed.guard(bundle, disturbed.by(bundle, true)));
    Bundle fresh = files.copy(file, signature);
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
    old.ifPresent(
        bundle -> {
          leases.retire(bundle); // at once: the new one may have the lower version
          uninstall(bundle).exceptionally(this::report);
        });
    return fresh;
  }

  private CompletableFuture<Void> retire(
      Bundle bundle, String what, boolean refreshes, Callable<Void> action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    CompletableFuture<Void> asked =
        submit(
            () -> {
              disturbed.guard(bundle, disturbed.by(bundle, refreshes));
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
      Set<Bundle> all = disturbed.by(next.bundle, next.refreshes);
      if (!leases.tryClose(all)) {
        continue;
      }
      try {
        pending.remove(next);
        disturbed.guard(next.bundle, all);
        next.action.call();
        next.done.complete(null);
      } catch (Exception e) {
        next.done.completeExceptionally(e);
      } finally {
        leases.open(all);
      }
    }
  }

  private void begin(Bundle bundle) {
    if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null) {
      return;
    }
    if (files.copied(bundle) && NeededJava.explain(bundle).isPresent()) {
      throw startError(bundle, null);
    }
    try {
      bundle.start();
      LOG.info("{} on ({})", bundle.getSymbolicName(), bundle.getVersion());
    } catch (BundleException | RuntimeException | LinkageError e) {
      throw startError(bundle, e);
    }
  }

  /** The error for a bundle that does not start, with what it needs. */
  MaestroException startError(Bundle bundle, Throwable e) {
    String said = e == null ? "the framework does not say why" : e.getMessage();
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        bundle.getSymbolicName(),
        "does not start: " + Needs.explain(context, bundle).orElse(said),
        "see 'maestro bundles why " + bundle.getSymbolicName() + "'",
        e);
  }

  /** Uninstalls a bundle that no job uses. */
  void remove(Bundle bundle) {
    // It stays retired, and its digest known: a job may have found it a moment ago and come for it
    // only now.
    try {
      bundle.uninstall();
    } catch (BundleException | IllegalStateException e) {
      throw refused(
          bundle.getSymbolicName(), "cannot be uninstalled: " + e.getMessage(), "restart Maestro");
    }
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

  static MaestroException refused(String part, String cause, String next) {
    return new MaestroException(MaestroException.Kind.CONFIGURATION, part, cause, next);
  }

  private static Set<String> words(String list) {
    return list == null || list.isBlank() ? Set.of() : Set.of(list.trim().split("\\s*,\\s*"));
  }
}
