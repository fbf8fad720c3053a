package maestro.runtime.cli;

import java.nio.file.Path;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Looks at where commands are to write, before they run. */
final class Results {
  private static final String OUT = "--out";

  private Results() {}

  /**
   * Refuses a result without a name, such as {@code /}.
   *
   * @throws ParameterException when there is one
   */
  static void check(ParseResult parsed) {
    for (ParseResult at = parsed; at != null; at = at.subcommand()) {
      for (OptionSpec option : at.matchedOptions()) {
        if (option.longestName().equals(OUT)
            && option.getValue() instanceof Path path
            && (path.getFileName() == null || path.getFileName().toString().isBlank())) {
          throw new ParameterException(
              at.commandSpec().commandLine(),
              option.longestName() + " '" + path + "' names no file or folder to write");
        }
      }
    }
  }
}
