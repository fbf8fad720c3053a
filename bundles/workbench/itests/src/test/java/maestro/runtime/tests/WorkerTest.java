package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other programs read of Maestro: objects, exit codes, and no loss without a word. */
final class WorkerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private LiveHost host;

  @BeforeEach
  void start() throws Exception {
    host = new LiveHost(folder.resolve("home"));
  }

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void anErrorIsOneObjectUnderJsonAndASentenceBesideIt() throws Exception {
    LiveHost.Outcome missing = host.maestro("bundles", "install", "nothing.jar", "--json");
    assertThat(missing.code()).isEqualTo(3);
    assertThat(JSON.readTree(missing.out()))
        .isEqualTo(
            JSON.readTree(
                """
                {"error": {"kind": "INPUT", "part": "nothing.jar", "cause": "is not a file",
                  "next": "check the path"}}"""));
    assertThat(missing.err()).startsWith("nothing.jar: is not a file; check the path");
    LiveHost.Outcome usage = host.maestro("bundles", "list", "--colour", "--json");
    assertThat(usage.code()).isEqualTo(2);
    assertThat(JSON.readTree(usage.out()).at("/error/kind").asText()).isEqualTo("USAGE");
    assertThat(JSON.readTree(usage.out()).at("/error/part").asText())
        .isEqualTo("maestro bundles list");
  }

  @Test
  void aShellUnderJsonAnswersEveryLineWithOneObject() throws Exception {
    LiveHost.Outcome shell =
        shell(
            """
            # a remark

            bundles list maestro.api
            bundles why nobody
            maestro bundles install "no thing.jar" --json
            bundles install "open
            bundles list --help
            exit
            bundles list
            """);
    List<String> lines = shell.out().lines().toList();
    assertThat(lines).hasSize(5);
    JsonNode list = JSON.readTree(lines.get(0));
    assertThat(list.get("exitCode").intValue()).isZero();
    assertThat(list.at("/result/bundles/0/name").asText()).isEqualTo("maestro.api");
    JsonNode unknown = JSON.readTree(lines.get(1));
    assertThat(unknown.get("exitCode").intValue()).isEqualTo(4);
    assertThat(unknown.at("/error/part").asText()).isEqualTo("nobody");
    JsonNode missing = JSON.readTree(lines.get(2));
    assertThat(missing.get("exitCode").intValue()).isEqualTo(3);
    assertThat(missing.at("/error/part").asText()).isEqualTo("no thing.jar");
    assertThat(JSON.readTree(lines.get(3)).at("/error/cause").asText())
        .isEqualTo("a quotation mark is open");
    assertThat(JSON.readTree(lines.get(4)).get("text").asText()).contains("List the bundles.");
    assertThat(shell.code()).isEqualTo(4);
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() throws Exception {
    PrintStream before = System.out;
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    try {
      LiveHost.Outcome lost = host.maestroInto(full, "bundles", "list");
      assertThat(lost.code()).isEqualTo(5);
      assertThat(lost.err()).startsWith("standard output: cannot be written");
    } finally {
      System.setOut(before);
    }
  }

  private LiveHost.Outcome shell(String lines) throws Exception {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
      return host.maestro("shell", "--json");
    } finally {
      System.setIn(before);
    }
  }
}
