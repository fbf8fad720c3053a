package maestro.launcher;

import java.io.FileDescriptor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Starts Maestro: {@code maestro [--framework felix|equinox] [--home FOLDER] [--features FILES]
 * COMMAND ...}, or {@code maestro [--features FILES] --assemble TARGET [--complete]}.
 */
public final class Main {
  private static final int INTERNAL_ERROR = 1;
  private static final int RESOURCE_ERROR = 5;
  private static final long CANCEL_SECONDS = 5;

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    // Numbers are written alike everywhere; some locales have digits of their own, which no
    // framework could read back. Equinox wants a language with a name.
    Locale.setDefault(Locale.ENGLISH);
    System.setOut(PrintableStream.around(FileDescriptor.out));
    System.setErr(PrintableStream.around(FileDescriptor.err));
    boolean verbose = List.of(arguments).contains("--verbose") || List.of(arguments).contains("-v");
    setDefault("org.slf4j.simpleLogger.showThreadName", "false");
    setDefault("org.slf4j.simpleLogger.showLogName", "false");
    try {
      LaunchOptions options = LaunchOptions.parse(arguments, System.getenv());
      if (options.assemble() != null) {
        // What does not start there is said in one sentence at the end.
        setDefault("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "error");
        Assembly.of(options).write(options.assemble());
        System.out.println(options.assemble() + " is made");
        return 0;
      }
      setDefault("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "warn");
      Optional<String> answer = ShortAnswers.to(options);
      if (answer.isPresent()) {
        System.out.print(answer.get());
        System.out.flush();
        return System.out.checkError() ? RESOURCE_ERROR : 0;
      }
      return command(options, verbose);
    } catch (LaunchException e) {
      System.err.println(e.getMessage());
      if (verbose) {
        e.printStackTrace();
      }
      return e.getAsInt();
    } catch (RuntimeException | Error e) { // whatever it is, the process ends with a sentence
      System.err.println(
          "maestro: a fault of the program: "
              + e
              + "; run it again with --verbose and report the details");
      if (verbose) {
        e.printStackTrace();
      }
      return INTERNAL_ERROR;
    }
  }

  private static int command(LaunchOptions options, boolean verbose) {
    CountDownLatch finished = new CountDownLatch(1);
    Thread onInterrupt = null;
    try (MaestroHost host =
        MaestroHost.start(
            options.framework(),
            options.distribution(),
            options.home(),
            options.features(),
            Map.of("ds.log.enabled", String.valueOf(verbose)))) {
      onInterrupt = new Thread(() -> cancel(host, finished), "cancel");
      Runtime.getRuntime().addShutdownHook(onInterrupt);
      return host.run(options.arguments().toArray(String[]::new));
    } finally {
      finished.countDown();
      removeHook(onInterrupt);
    }
  }

  /** Ctrl-C: asks the running command to stop and gives it the time to tidy up. */
  private static void cancel(MaestroHost host, CountDownLatch finished) {
    try {
      host.cancel();
      finished.await(CANCEL_SECONDS, TimeUnit.SECONDS);
    } catch (LaunchException | IllegalStateException e) {
      System.err.println(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      if (hook != null) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    } catch (IllegalStateException e) {
      return; // the process is going down already, which is what the hook was for
    }
  }

  /** Version of the launcher, which is Maestro's. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
