package maestro.graph.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import maestro.files.Folders;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed at any moment leaves no half file, and the next one continues. */
final class KillTest {
  @TempDir Path folder;

  /** The process that is killed: one slow run. */
  static final class Victim {
    public static void main(String[] arguments) {
      Path folder = Path.of(arguments[0]);
      FakePlugins plugins = new FakePlugins();
      plugins.sleepMillis = 25;
      FakeMedia media = new FakeMedia();
      new GenerationGraph(
              plugins.registry(),
              null,
              FakePlugins.roles(),
              media,
              media,
              folder.resolve("home"),
              1 << 24,
              "test")
          .score(request(folder), RunObserver.NOBODY);
    }
  }

  private static ScoreRequest request(Path folder) {
    return new ScoreRequest(
        FakePlugins.recipe(""),
        folder.resolve("clip.mp4"),
        Optional.empty(),
        Optional.of(folder.resolve("out/score.wav")));
  }

  @Test
  void tenKillsLeaveNothingHalf() throws Exception {
    kill(10);
  }

  @Test
  @Tag("campaign")
  void fiftyKillsLeaveNothingHalf() throws Exception {
    kill(50);
  }

  private void kill(int times) throws Exception {
    FakeMedia.film(folder, "clip.mp4", 3);
    Path out = Files.createDirectory(folder.resolve("out"));
    byte[] whole = undisturbed();
    Random random = new Random(7);
    int killed = 0;
    for (int i = 0; i < times; i++) {
      if (Files.exists(out.resolve("score.wav"))) { // done: begin anew, without what was kept
        Files.delete(out.resolve("score.wav"));
        Folders.delete(folder.resolve("home/cache/stages"));
      }
      Process victim = start();
      if (!victim.waitFor(200 + random.nextInt(1300), TimeUnit.MILLISECONDS)) {
        victim.destroyForcibly().waitFor();
        killed++;
      }
      for (String name : content(out)) {
        assertThat(name).matches("score\\.wav|\\.maestro-.*");
      }
      if (Files.exists(out.resolve("score.wav"))) {
        assertThat(Files.readAllBytes(out.resolve("score.wav"))).isEqualTo(whole);
      }
    }
    assertThat(killed).isGreaterThan(times / 3);
    Process last = start();
    assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(last.exitValue()).isZero();
    assertThat(content(out)).containsExactly("score.wav");
    assertThat(Files.readAllBytes(out.resolve("score.wav"))).isEqualTo(whole);
    try (Stream<Path> left = Files.list(folder.resolve("home/cache/stages"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .filteredOn(name -> name.startsWith("writing"))
          .hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void aKilledRunContinuesFromWhatIsDone() throws Exception {
    FakeMedia.film(folder, "clip.mp4", 3);
    Path out = Files.createDirectory(folder.resolve("out"));
    Process victim = start();
    Path cache = folder.resolve("home/cache/stages");
    while (victim.isAlive() && files(cache) < 12) {
      Thread.sleep(5);
    }
    victim.destroyForcibly().waitFor();
    int done = files(cache);
    FakePlugins plugins = new FakePlugins();
    FakeMedia media = new FakeMedia();
    ScoreResult result =
        new GenerationGraph(
                plugins.registry(),
                null,
                FakePlugins.roles(),
                media,
                media,
                folder.resolve("home"),
                1 << 24,
                "test")
            .score(request(folder), RunObserver.NOBODY);
    assertThat(result.stages() - 1 - result.computed()).isEqualTo(done);
    assertThat(content(out)).containsExactly("score.wav");
  }

  private byte[] undisturbed() throws IOException {
    FakeMedia media = new FakeMedia();
    Path other = Files.createDirectories(folder.resolve("undisturbed/out")).getParent();
    FakeMedia.film(other, "clip.mp4", 3);
    new GenerationGraph(
            new FakePlugins().registry(),
            null,
            FakePlugins.roles(),
            media,
            media,
            other.resolve("home"),
            1 << 24,
            "test")
        .score(request(other), RunObserver.NOBODY);
    return Files.readAllBytes(other.resolve("out/score.wav"));
  }

  private Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            folder.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(new File(folder.toFile(), "victim.log"))
        .start();
  }

  private static int files(Path cache) throws IOException {
    if (!Files.isDirectory(cache)) {
      return 0;
    }
    int count = 0;
    try (Stream<Path> folders = Files.list(cache)) {
      for (Path one :
          folders.filter(path -> path.getFileName().toString().length() == 2).toList()) {
        count += content(one).size();
      }
    }
    return count;
  }

  private static List<String> content(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
