package maestro.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command in a framework: start, hand the arguments to the command line inside, stop. */
public final class FrameworkRun {
  private static final Logger LOG = LoggerFactory.getLogger(FrameworkRun.class);
  private static final long CANCEL_SECONDS = 5;

  private FrameworkRun() {}

  /**
   * Runs one command.
   *
   * @return the exit code
   */
  public static int run(
      String framework, Path distribution, Path home, List<Path> features, List<String> arguments) {
    boolean verbose = arguments.contains("--verbose") || arguments.contains("-v");
    Map<String, String> properties =
        Map.of("maestro.framework", framework, "ds.log.enabled", String.valueOf(verbose));
    FrameworkHost host = FrameworkHost.start(distribution, home, features, properties);
    CountDownLatch finished = new CountDownLatch(1);
    Thread onInterrupt = new Thread(() -> cancel(host.context(), finished), "cancel");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      @SuppressWarnings("unchecked")
      ToIntFunction<String[]> commandLine =
          HostServices.find(host.context(), ToIntFunction.class, "command-line");
      return commandLine.applyAsInt(arguments.toArray(String[]::new));
    } finally {
      host.close();
      finished.countDown();
      removeHook(onInterrupt);
    }
  }

  /** Ctrl-C: asks the running command to stop and gives it the time to tidy up. */
  private static void cancel(BundleContext context, CountDownLatch finished) {
    try {
      HostServices.find(context, Runnable.class, "cancel").run();
      finished.await(CANCEL_SECONDS, TimeUnit.SECONDS);
    } catch (LaunchException | IllegalStateException e) {
      System.err.println(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("the process is going down already, which is what the hook was for");
    }
  }
}
