package maestro.launcher;

import java.io.FileDescriptor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Starts Maestro: {@code maestro [--framework felix|equinox] [--home FOLDER] [--features FILES]
 * COMMAND ...}, or {@code maestro [--features FILES] --assemble TARGET}.
 */
public final class Main {
  private static final int INTERNAL_ERROR = 1;
  private static final int CONFIGURATION_ERROR = 4;
  private static final int RESOURCE_ERROR = 5;

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
    setDefault("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "warn");
    setDefault("org.slf4j.simpleLogger.showThreadName", "false");
    setDefault("org.slf4j.simpleLogger.showLogName", "false");
    try {
      LaunchOptions options = LaunchOptions.parse(arguments, System.getenv());
      if (options.assemble() == null) {
        Optional<String> answer = ShortAnswers.to(options);
        if (answer.isPresent()) {
          System.out.print(answer.get());
          System.out.flush();
          return System.out.checkError() ? RESOURCE_ERROR : 0;
        }
      }
      if (options.assemble() != null) {
        new Assembly(options.distribution(), options.features()).write(options.assemble());
        System.out.println(options.assemble() + " is made");
        return 0;
      }
      Natives.configure(options.distribution(), options.home());
      return inFramework(options);
    } catch (LaunchException e) {
      System.err.println(e.getMessage());
      if (verbose) {
        e.printStackTrace();
      }
      return CONFIGURATION_ERROR;
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

  private static int inFramework(LaunchOptions options) {
    FrameworkLoader loader = FrameworkLoader.of(options.distribution(), options.framework());
    try {
      // Only JDK types cross over to the second copy of the launcher, the one that sees the
      // framework.
      return (int)
          loader
              .loadClass(FrameworkRun.class.getName())
              .getMethod("run", String.class, Path.class, Path.class, List.class, List.class)
              .invoke(
                  null,
                  options.framework(),
                  options.distribution(),
                  options.home(),
                  options.features(),
                  options.arguments());
    } catch (InvocationTargetException e) {
      if (e.getCause().getClass().getName().equals(LaunchException.class.getName())) {
        throw new LaunchException(
            e.getCause()); // the other copy's exception, of another class to us
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the launcher's own classes cannot be loaded", e);
    }
  }

  /** Version of the launcher, which is the distribution's. */
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
