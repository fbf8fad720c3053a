package maestro.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import maestro.checkpoint.Safetensors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code maestro features DIR}, killed at any moment, leaves no half file and continues. */
final class FeaturesKillTest {
  private static final int FILMS = 60;

  @TempDir Path folder;

  /** The process that is killed: a folder of films, two at a time. */
  static final class Victim {
    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      Kitchen kitchen = new Kitchen(folder);
      kitchen.decodingMillis = 20;
      FeaturesCommand command = command(kitchen);
      System.exit(
          kitchen.run(
              command, folder.resolve("films"), "-o", folder.resolve("features"), "--jobs", "2"));
    }
  }

  private static FeaturesCommand command(Kitchen kitchen) {
    FeaturesCommand command = new FeaturesCommand();
    command.graph = kitchen.graph;
    command.book = kitchen.book;
    command.registry = kitchen;
    command.media = kitchen;
    return command;
  }

  @Test
  void fiveKillsLeaveNothingHalf() throws Exception {
    kill(5);
  }

  @Test
  @Tag("campaign")
  void fiftyKillsLeaveNothingHalf() throws Exception {
    kill(50);
  }

  private void kill(int times) throws Exception {
    Files.createDirectories(folder.resolve("films/more"));
    Kitchen kitchen = new Kitchen(folder);
    for (int i = 0; i < FILMS; i++) {
      kitchen.film("films/" + (i % 2 == 0 ? "" : "more/") + i + ".mp4", 1 + i / 10.0);
    }
    Path out = folder.resolve("features");
    Random random = new Random(7);
    int killed = 0;
    int continued = 0;
    for (int i = 0; i < times; i++) {
      Map<String, FileTime> before = results(out);
      if (before.size() == FILMS) { // done: begin anew, without what was kept
        for (String name : before.keySet()) {
          Files.delete(out.resolve(name));
        }
        before = Map.of();
      }
      Process victim = start();
      int enough = before.size() + 1 + random.nextInt(FILMS / 3);
      while (victim.isAlive() && count(out) < enough) {
        Thread.sleep(1);
      }
      if (!victim.waitFor(random.nextInt(30), TimeUnit.MILLISECONDS)) {
        victim.destroyForcibly().waitFor();
        killed++;
      }
      Map<String, FileTime> after = results(out);
      continued += before.isEmpty() ? 0 : 1;
      // What was there is left alone, and what is there is whole.
      assertThat(after).containsAllEntriesOf(before);
      for (String name : after.keySet()) {
        assertThat(Safetensors.read(out.resolve(name)).tensors()).containsKey("grey");
      }
    }
    assertThat(killed).isGreaterThan(times / 2);
    assertThat(continued).isPositive();

    // An hour later the next run also clears up what the killed ones had begun.
    for (Path begun : begun(out)) {
      Files.setLastModifiedTime(begun, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    }
    Map<String, FileTime> before = results(out);
    assertThat(kitchen.run(command(kitchen), folder.resolve("films"), "-o", out, "--json"))
        .isZero();
    assertThat(kitchen.out())
        .contains("\"skipped\" : " + before.size(), "\"written\" : " + (FILMS - before.size()));
    assertThat(results(out)).hasSize(FILMS).containsAllEntriesOf(before);
    assertThat(begun(out)).isEmpty();
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            folder.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("victim.log").toFile())
        .start();
  }

  /** The files under their own names, and when each was written. */
  private static Map<String, FileTime> results(Path out) throws IOException {
    Map<String, FileTime> results = new TreeMap<>();
    for (Path file : files(out)) {
      if (!file.getFileName().toString().startsWith(".")) {
        assertThat(file.getFileName().toString()).endsWith(".mp4.safetensors");
        results.put(out.relativize(file).toString(), Files.getLastModifiedTime(file));
      }
    }
    return results;
  }

  /** Results so far, counted while files come and go. */
  private static int count(Path out) throws IOException {
    try {
      return results(out).size();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  private static List<Path> begun(Path out) throws IOException {
    return files(out).stream()
        .filter(file -> file.getFileName().toString().startsWith("."))
        .toList();
  }

  private static List<Path> files(Path out) throws IOException {
    if (!Files.isDirectory(out)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(out)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
