package maestro.runtime.cli;

import java.io.IOException;
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
    description =
        "Run one command after the other in one process, from the keyboard or from standard input.")
public final class ShellCommand implements MaestroCommand {
  @Reference private CommandLineService commands;
  @Reference private Home home;

  @Mixin private CommandOptions options;

  @Override
  public Integer call() {
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
    while (!options.cancellation().requested()) {
      try {
        boolean typed = !Terminal.TYPE_DUMB.equals(terminal.getType());
        reader.readLine(typed ? "maestro> " : "");
        ParsedLine line = reader.getParsedLine();
        List<String> words = line.words().stream().filter(word -> !word.isEmpty()).toList();
        if (words.isEmpty() || words.get(0).startsWith("#")) {
          continue;
        }
        if (words.get(0).equals("exit") || words.get(0).equals("quit")) {
          break;
        }
        code =
            commands.run(
                words.get(0).equals("maestro") ? words.subList(1, words.size()) : words,
                terminal.writer());
      } catch (UserInterruptException e) {
        terminal.writer().println("Ctrl-D or 'exit' ends the shell");
      } catch (EndOfFileException e) {
        break;
      }
    }
    return code;
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
