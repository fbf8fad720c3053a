package maestro.launcher;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the launcher itself understands of a command line; everything else goes to the command.
 *
 * @param framework {@code felix} or {@code equinox}
 * @param distribution folder with {@code features}, {@code bundles} and {@code lib}
 * @param home where Maestro keeps what outlives a process
 * @param features feature files to use instead of the distribution's, or empty
 * @param assemble distribution to make instead of running a command, or null
 * @param complete whether what it lacks is added to it
 * @param arguments the rest
 */
record LaunchOptions(
    String framework,
    Path distribution,
    Path home,
    List<Path> features,
    Path assemble,
    boolean complete,
    List<String> arguments) {
  /**
   * Reads a command line.
   *
   * @param arguments as given by the user; {@code --framework}, {@code --home}, {@code --features}
   *     and {@code --assemble} take a value; {@code --complete} belongs to the last
   * @param environment {@code MAESTRO_FRAMEWORK} and {@code MAESTRO_HOME} stand in for options that
   *     are not given; without them Maestro's home is {@code .maestro} in the user's, {@code HOME}
   */
  static LaunchOptions parse(String[] arguments, Map<String, String> environment) {
    String framework = environment.getOrDefault("MAESTRO_FRAMEWORK", "felix");
    String home = environment.get("MAESTRO_HOME");
    Path assemble = null;
    List<Path> features = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      String[] parts = arguments[i].split("=", 2);
      switch (parts[0]) {
        case "--framework", "--home", "--features", "--assemble" -> {
          if (parts.length == 1 && i + 1 == arguments.length) {
            throw new LaunchException(parts[0], "has no value", "write " + parts[0] + " VALUE");
          }
          String value = parts.length == 2 ? parts[1] : arguments[++i];
          switch (parts[0]) {
            case "--framework" -> framework = value;
            case "--home" -> home = value;
            case "--assemble" -> assemble = Path.of(value).toAbsolutePath();
            default -> {
              for (String file : value.split(",")) {
                features.add(Path.of(file).toAbsolutePath());
              }
            }
          }
        }
        default -> rest.add(arguments[i]);
      }
    }
    if (!framework.equals("felix") && !framework.equals("equinox")) {
      throw new LaunchException(
          "--framework", "unknown framework " + framework, "use felix or equinox");
    }
    boolean complete = assemble != null && rest.removeIf("--complete"::equals);
    if (assemble != null && !List.of("-v", "--verbose").containsAll(rest)) {
      throw new LaunchException(
          "--assemble",
          "takes no command, but there is '" + String.join(" ", rest) + "'",
          "leave it out");
    }
    return new LaunchOptions(
        framework,
        whereInstalled(),
        (home == null ? usersHome(environment) : Path.of(home)).toAbsolutePath().normalize(),
        features,
        assemble,
        complete,
        List.copyOf(rest));
  }

  /**
   * {@code HOME} as everywhere; Java itself asks the system's list of users, which may lack one.
   */
  private static Path usersHome(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    if (home.isBlank()) {
      home = System.getProperty("user.home", "?");
    }
    if (home.equals("?")) {
      throw new LaunchException(
          "home",
          "this user has no home folder",
          "set HOME or MAESTRO_HOME, or give --home FOLDER");
    }
    return Path.of(home, ".maestro");
  }

  private static Path whereInstalled() {
    String given = System.getProperty("maestro.distribution");
    if (given != null) {
      return Path.of(given).toAbsolutePath().normalize();
    }
    try {
      Path jar =
          Path.of(LaunchOptions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return jar.getParent().getParent(); // <distribution>/lib/maestro.launcher.jar
    } catch (URISyntaxException e) {
      throw new LaunchException(
          "maestro", "cannot tell where it is installed", "set -Dmaestro.distribution", e);
    }
  }
}
