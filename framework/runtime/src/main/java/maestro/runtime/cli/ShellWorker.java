package maestro.runtime.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.files.Json;
import maestro.runtime.command.Cancellation;
import org.jline.reader.EOFError;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;

/**
 * {@code maestro shell --json}: a worker for another program. Each line is a command; its answer is
 * one line with one JSON object, whatever happens. Blank lines and those that begin with {@code #}
 * get none.
 */
final class ShellWorker {
  private static final ObjectMapper JSON = Json.PLAIN;

  private final CommandLineService commands;
  private final Cancellation cancellation;
  private final DefaultParser parser = new DefaultParser();

  ShellWorker(CommandLineService commands, Cancellation cancellation) {
    this.commands = commands;
    this.cancellation = cancellation;
    parser.setEscapeChars(null); // a backslash in a Windows path is itself
    parser.setEofOnUnclosedQuote(true);
  }

  /**
   * Answers until the input ends, {@code exit} comes or the shell is cancelled.
   *
   * @return the highest exit code of the commands
   */
  int run(InputStream in, PrintStream out) {
    int worst = 0;
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    try {
      for (String line = lines.readLine();
          line != null && !cancellation.requested();
          line = lines.readLine()) {
        if (line.isBlank() || line.strip().startsWith("#")) {
          continue;
        }
        if (line.strip().equals("exit") || line.strip().equals("quit")) {
          break;
        }
        ObjectNode answer = answer(line);
        worst = Math.max(worst, answer.get("exitCode").intValue());
        out.println(answer);
        out.flush();
      }
      return worst;
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          "shell",
          "standard input cannot be read (" + e.getMessage() + ")",
          "check what writes to it",
          e);
    }
  }

  private ObjectNode answer(String line) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    int code;
    try {
      List<String> words =
          new ArrayList<>(
              parser.parse(line, line.length(), Parser.ParseContext.ACCEPT_LINE).words());
      words.removeIf(String::isEmpty);
      List<String> command = new ArrayList<>(ShellCommand.withoutName(words));
      if (!command.contains("--json")) {
        command.add("--json");
      }
      code = commands.run(command, out);
    } catch (EOFError e) {
      MaestroException open =
          new MaestroException(
              MaestroException.Kind.USAGE, "shell", "a quotation mark is open", "close it");
      Failures.object(open, out);
      code = open.kind().exitCode();
    }
    out.flush();
    ObjectNode answer = JSON.createObjectNode().put("exitCode", code);
    try {
      JsonNode said = JSON.readTree(text.toString());
      if (said.has("error") && said.size() == 1) {
        return answer.set("error", said.get("error"));
      }
      return answer.set("result", said);
    } catch (JsonProcessingException e) {
      return answer.put("text", text.toString()); // a help, for instance
    }
  }
}
