package maestro.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import maestro.launcher.LaunchException;
import maestro.launcher.MaestroHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maestro inside a Java program: this one, and the example of the documents. */
final class EmbeddingTest {
  @TempDir Path folder;

  @Test
  void twoHostsOneAfterTheOtherScoreTheSame() throws Exception {
    byte[] first = scored("first", "felix");
    byte[] second = scored("second", "equinox");
    assertThat(second).isEqualTo(first);
  }

  @Test
  void oneIsOpenAtATimeAndClosingIsDoneOnce() {
    MaestroHost host = MaestroHost.start(Built.DISTRIBUTION, folder.resolve("home"));
    try (host) {
      assertThatThrownBy(() -> MaestroHost.start(Built.DISTRIBUTION, folder.resolve("other")))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("another one is open in this process");
      assertThat(said(host, 2, "no-such-command")).contains("no-such-command");
      assertThat(said(host, 3, "score", "no.mp4", "-o", "x.wav")).contains("no.mp4");
      assertThat(said(host, 0, "bundles", "list", "maestro.api")).contains("maestro.api");
    }
    host.close();
    assertThatThrownBy(() -> host.run("packs", "list"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this Maestro is closed");
    assertThat(folder.resolve("home/run").toFile().list()).containsExactly("starts");
  }

  @Test
  void whatRunsCanBeCancelled() throws Exception {
    try (MaestroHost host = MaestroHost.start(Built.DISTRIBUTION, folder.resolve("home"))) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      CompletableFuture<Integer> job =
          CompletableFuture.supplyAsync(
              () ->
                  host.run(
                      List.of("score", Built.FILM.toString(), "-o", out("never.wav")),
                      new ByteArrayOutputStream(),
                      err));
      while (!err.toString(StandardCharsets.UTF_8).contains("[1/") && !job.isDone()) {
        Thread.onSpinWait();
      }
      host.cancel();
      assertThat(job.get()).isEqualTo(130);
    }
    assertThat(folder.resolve("never.wav")).doesNotExist();
  }

  @Test
  void aStartThatFailsSaysWhyAndIsInNobodysWay() {
    assertThatThrownBy(() -> MaestroHost.start(folder, folder.resolve("home")))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining(folder.toString());
    MaestroHost.start(Built.DISTRIBUTION, folder.resolve("home")).close();
  }

  @Test
  void theExampleOfTheDocumentsCompilesAndRuns() throws Exception {
    String page = Files.readString(Built.DISTRIBUTION.resolve("docs/embedding.md"));
    Matcher code = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(code.find()).isTrue();
    Path source = Files.writeString(folder.resolve("Example.java"), code.group(1));
    String lib = Built.DISTRIBUTION.resolve("lib").toString();
    String classPath = lib + "/maestro.launcher.jar";
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-Werror", "-Xlint:all", "-cp", classPath, source.toString());
    assertThat(compiled).isZero();
    Built.Outcome ran =
        Built.sh(
            folder,
            Map.of(),
            "'%s/bin/java' -cp '%s/*%s.' Example '%s' '%s'"
                .formatted(
                    System.getProperty("java.home"),
                    lib,
                    File.pathSeparator,
                    Built.DISTRIBUTION,
                    folder.resolve("home")));
    assertThat(ran.good().out()).contains("\"name\" : \"starter\"").endsWith("exit code 0\n");
  }

  private byte[] scored(String name, String framework) throws Exception {
    try (MaestroHost host =
        MaestroHost.start(framework, Built.DISTRIBUTION, folder.resolve(name), List.of())) {
      assertThat(
              said(
                  host,
                  0,
                  "score",
                  Built.FILM.toString(),
                  "-o",
                  out(name + ".wav"),
                  "--set",
                  "sampler.ddim.steps=1"))
          .contains(name + ".wav");
    }
    return Files.readAllBytes(folder.resolve(name + ".wav"));
  }

  private String out(String name) {
    return folder.resolve(name).toString();
  }

  private static String said(MaestroHost host, int code, String... arguments) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    int ended = host.run(List.of(arguments), both, both);
    String said = both.toString(StandardCharsets.UTF_8);
    assertThat(ended).as(said).isEqualTo(code);
    return said;
  }
}
