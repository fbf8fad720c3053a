package maestro.launcher;

import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Maestro in a Java program: started once, it runs any number of commands, also several at a time,
 * until it is closed. It never ends the process. One host is open at a time in a process; after it
 * was closed another can be started.
 *
 * <pre>{@code
 * try (MaestroHost host = MaestroHost.start(distribution, home)) {
 *   int code = host.run(List.of("score", "clip.mp4", "-o", "scored.mp4", "--json"), out, err);
 * }
 * }</pre>
 *
 * Thread-safe.
 */
public final class MaestroHost implements AutoCloseable {
  private static final AtomicBoolean OPEN = new AtomicBoolean();

  private final FrameworkLoader loader;
  private final Function<String, Object> services;
  private final AutoCloseable framework;
  private final AtomicBoolean closed = new AtomicBoolean();

  @SuppressWarnings("unchecked") // a FrameworkRun of the other copy of the launcher's classes
  private MaestroHost(FrameworkLoader loader, Object started) {
    this.loader = loader;
    this.services = (Function<String, Object>) started;
    this.framework = (AutoCloseable) started;
  }

  /**
   * Starts Maestro on Felix with the features of the distribution and of the home.
   *
   * @param distribution folder with {@code bin}, {@code bundles}, {@code features} and {@code lib}
   * @param home where Maestro keeps what outlives a process; made when it is not there
   * @throws LaunchException that says why it does not start, or that another host is open
   */
  public static MaestroHost start(Path distribution, Path home) {
    return start("felix", distribution, home, List.of());
  }

  /**
   * Starts Maestro.
   *
   * @param framework {@code felix} or {@code equinox}
   * @param distribution folder with {@code bin}, {@code bundles}, {@code features} and {@code lib}
   * @param home where Maestro keeps what outlives a process; made when it is not there
   * @param features feature files to use instead of the distribution's, or empty
   * @throws LaunchException that says why it does not start, or that another host is open
   */
  public static MaestroHost start(
      String framework, Path distribution, Path home, List<Path> features) {
    return start(framework, distribution, home, features, Map.of("maestro.resident", "true"));
  }

  /** Starts Maestro with framework properties on top of the features'. */
  static MaestroHost start(
      String framework,
      Path distribution,
      Path home,
      List<Path> features,
      Map<String, String> properties) {
    if (!OPEN.compareAndSet(false, true)) {
      throw new LaunchException(
          "MaestroHost", "another one is open in this process", "use that one, or close it first");
    }
    boolean started = false;
    try {
      OpenFiles.check();
      Path root = distribution.toAbsolutePath().normalize();
      Path absoluteHome = home.toAbsolutePath().normalize();
      Natives.configure(root, absoluteHome);
      Map<String, String> all = new HashMap<>(properties);
      all.put("maestro.framework", framework);
      FrameworkLoader loader = FrameworkLoader.of(root, framework);
      MaestroHost host = new MaestroHost(loader, inside(loader, root, absoluteHome, features, all));
      started = true;
      return host;
    } finally {
      if (!started) {
        OPEN.set(false);
      }
    }
  }

  /**
   * Runs one command and waits for it.
   *
   * @param arguments as on the command line, {@code score clip.mp4 -o scored.mp4}; with {@code
   *     --json} the result is one JSON object
   * @param out takes what the command says, in UTF-8; it is flushed and stays open
   * @param err takes progress and errors, likewise
   * @return the exit code: 0 done, 1 a fault of the program, 2 wrong command line, 3 input that
   *     cannot be accepted, 4 something missing or misconfigured, 5 disk, memory or device, 130
   *     cancelled
   * @throws IllegalStateException when the host is closed
   */
  @SuppressWarnings("unchecked")
  public int run(List<String> arguments, OutputStream out, OutputStream err) {
    BiFunction<String[], OutputStream[], Integer> commandLine =
        (BiFunction<String[], OutputStream[], Integer>) service("command-line");
    return commandLine.apply(arguments.toArray(String[]::new), new OutputStream[] {out, err});
  }

  /**
   * Runs one command that speaks on the process's own streams.
   *
   * @return the exit code
   */
  public int run(String... arguments) {
    return run(List.of(arguments), System.out, System.err);
  }

  /** Asks all running commands to stop; each ends with exit code 130. */
  public void cancel() {
    ((Runnable) service("cancel")).run();
  }

  /** What the host inside offers to the launcher under a role. */
  Object service(String role) {
    if (closed.get()) {
      throw new IllegalStateException("this Maestro is closed");
    }
    return services.apply(role);
  }

  /** Stops what runs and then the framework. To close a closed host does nothing. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      framework.close();
      loader.close();
    } catch (Exception e) {
      throw new IllegalStateException("Maestro does not stop: " + e.getMessage(), e);
    } finally {
      OPEN.set(false);
    }
  }

  private static Object inside(
      FrameworkLoader loader,
      Path distribution,
      Path home,
      List<Path> features,
      Map<String, String> properties) {
    try {
      // Only JDK types cross over to the second copy of the launcher, the one that sees the
      // framework.
      return loader
          .loadClass(FrameworkRun.class.getName())
          .getMethod("start", Path.class, Path.class, List.class, Map.class)
          .invoke(null, distribution, home, features, properties);
    } catch (InvocationTargetException e) {
      if (e.getCause().getClass().getName().equals(LaunchException.class.getName())) {
        throw LaunchException.like(e.getCause()); // the other copy's, of another class to us
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the launcher's own classes cannot be loaded", e);
    }
  }
}
