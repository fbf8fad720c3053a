package maestro.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import maestro.api.MaestroException;
import maestro.runtime.bundles.Home;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code maestro shell}: one command after the other in one process, so that plugins can be swapped
 * between them and while they run. Ctrl-C stops the running command, Ctrl-D or {@code exit} ends
 * the shell.
 */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "shell",
    description = {
      "Run one command after the other in one process, from the keyboard or from standard input.",
      "With --json: one command a line in, one JSON object a line out, {\"exitCode\", \"result\"},"
          + " {\"exitCode\", \"error\"} or {\"exitCode\", \"text\"}; the shell's own exit code is the"
          + " highest of them."
    })
public final class ShellCommand implements MaestroCommand {
  @Reference private CommandLineService commands;
  @Reference private Home home;

  @Mixin private CommandOptions options;

  @Override
  public Integer call() {
    if (options.json()) {
      return new ShellWorker(commands, options.cancellation()).run(System.in, System.out);
    }
    try (Terminal terminal = terminal()) {
      terminal.handle(Terminal.Signal.INT, signal -> commands.cancelAllBut(options.cancellation()));
      DefaultParser parser = new DefaultParser();
      parser.setEscapeChars(null); // a backslash in a Windows path is itself
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .parser(parser)
              .completer(new StringsCompleter(commands.names()))
              .variable(LineReader.HISTORY_FILE, home.path().resolve("shell-history"))
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      return read(reader, terminal);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          "shell",
          "cannot use this terminal: " + e.getMessage(),
          "try another one",
          e);
    }
  }

  private int read(LineReader reader, Terminal terminal) {
    int code = 0;
    boolean typed = !Terminal.TYPE_DUMB.equals(terminal.getType());
    // The process's own stream shows control characters instead of obeying them.
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    while (!options.cancellation().requested()) {
      try {
        reader.readLine(typed ? "maestro> " : "");
        ParsedLine line = reader.getParsedLine();
        List<String> words = line.words().stream().filter(word -> !word.isEmpty()).toList();
        if (words.isEmpty() || words.get(0).startsWith("#")) {
          continue;
        }
        if (words.get(0).equals("exit") || words.get(0).equals("quit")) {
          break;
        }
        int one = commands.run(withoutName(words), out);
        code = typed ? one : Math.max(code, one);
      } catch (UserInterruptException e) {
        terminal.writer().println("Ctrl-D or 'exit' ends the shell");
      } catch (EndOfFileException e) {
        break;
      }
    }
    return code;
  }

  /** A line may begin with the program's name, as it would outside. */
  static List<String> withoutName(List<String> words) {
    return words.get(0).equals("maestro") ? words.subList(1, words.size()) : words;
  }

  private static Terminal terminal() throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(
        TerminalBuilder.class.getClassLoader()); // it looks its providers up there
    try {
      return TerminalBuilder.builder().name("maestro").system(true).dumb(true).build();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
