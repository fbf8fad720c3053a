package maestro.runtime.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of every command, taken in as {@code @Mixin CommandOptions options}. */
public final class CommandOptions {
  private final Cancellation cancellation;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show the details behind an error and more of what happens.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private Output output;

  /** Options of a command that nobody can cancel. */
  public CommandOptions() {
    this(new Cancellation());
  }

  /** Options of a command under this cancellation. */
  public CommandOptions(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  /** Where the command speaks. */
  public synchronized Output output() {
    if (output == null) {
      output = new Output(command.commandLine().getOut(), command.commandLine().getErr(), json);
    }
    return output;
  }

  /** A display for the progress of long work, on the error stream. */
  public Progress progress() {
    return new Progress(command.commandLine().getErr(), System.console() != null);
  }

  /** Whether the user asked to stop. */
  public Cancellation cancellation() {
    return cancellation;
  }

  /** True when the result is to be one JSON object. */
  public boolean json() {
    return json;
  }

  /** True when details are wanted. */
  public boolean verbose() {
    return verbose;
  }
}
