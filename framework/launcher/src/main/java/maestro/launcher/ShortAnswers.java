package maestro.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What can be answered without starting anything: the version, and the help of a distribution that
 * brings the texts in its folder {@code help}. A home or a command line that may bring other
 * commands has its help made by the commands themselves.
 */
final class ShortAnswers {
  private ShortAnswers() {}

  /** The answer, with its line breaks, or empty when the command has to run. */
  static Optional<String> to(LaunchOptions options) {
    List<String> words = options.arguments();
    String last = words.isEmpty() ? "--help" : words.get(words.size() - 1);
    List<String> command = words.isEmpty() ? words : words.subList(0, words.size() - 1);
    if (!command.stream().allMatch(word -> word.matches("[a-z][a-z0-9-]*"))) {
      return Optional.empty();
    }
    return switch (last) {
      case "--version" -> Optional.of(version(options));
      case "--help", "-h" -> help(options, command);
      default -> Optional.empty();
    };
  }

  private static String version(LaunchOptions options) {
    String java = "Java " + System.getProperty("java.version");
    return product(options)
        .map(own -> "%s (Maestro %s, %s)%n".formatted(own, Main.version(), java))
        .orElseGet(() -> "maestro %s (%s)%n".formatted(Main.version(), java));
  }

  /** What the distribution calls itself; a damaged one still says its version. */
  private static Optional<Product> product(LaunchOptions options) {
    try {
      return Feature.layered(
              Feature.files(options.distribution(), options.features()).stream()
                  .map(FeatureFile::read)
                  .toList())
          .product();
    } catch (LaunchException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> help(LaunchOptions options, List<String> command) {
    String name = command.isEmpty() ? "maestro" : String.join(".", command);
    Path text = options.distribution().resolve("help").resolve(name + ".txt");
    try {
      return Files.exists(text) && onlyTheDistribution(options, text)
          ? Optional.of(Files.readString(text))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // then the commands say it
    }
  }

  private static boolean onlyTheDistribution(LaunchOptions options, Path text) throws IOException {
    if (!options.features().isEmpty()
        || !Feature.list(options.home().resolve("features"), "*.json").isEmpty()
        || !Feature.list(options.home().resolve("plugins"), "*.jar").isEmpty()
        || Files.exists(options.home().resolve("switched-off"))) {
      return false;
    }
    for (Path bundle : Feature.list(options.distribution().resolve("bundles"), "*.jar")) {
      if (Files.getLastModifiedTime(bundle).compareTo(Files.getLastModifiedTime(text)) > 0) {
        return false; // it came after the text was written
      }
    }
    return true;
  }
}
