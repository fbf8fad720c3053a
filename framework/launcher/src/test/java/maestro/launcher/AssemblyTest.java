package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an assembly writes; whether that starts is another test's. */
final class AssemblyTest {
  private static final Assembly.Check GOOD =
      (made, others) ->
          new Assembly.Verdict(List.of(), List.of(), Map.of("maestro", "help\n", "a.b", "b\n"));

  @TempDir Path folder;
  private Path distribution;
  private Path mine;

  @BeforeEach
  void layOut() throws IOException {
    distribution = Files.createDirectories(folder.resolve("distribution"));
    for (String file :
        List.of(
            "bin/maestro",
            "lib/maestro.launcher.jar",
            "LICENSE",
            "recipes/a.json",
            "samples/big.mp4",
            "bundles/other-2.0.jar",
            "bundles/needed-1.0.jar",
            "bundles/apart-1.0.jar")) {
      Files.createDirectories(distribution.resolve(file).getParent());
      Files.createFile(distribution.resolve(file));
    }
    Files.createDirectories(distribution.resolve("features"));
    Files.writeString(
        distribution.resolve("features/all.json"),
        "{ \"bundles\": [ \"x:other:2.0\", { \"id\": \"y:needed:1.0\", \"start-order\": 10 } ] }");
    mine =
        Files.writeString(
            folder.resolve("mine.json"),
            "{ \"id\": \"z:mine:1\", \"bundles\": [\"x:other:2.0\"], \"files\": [\"recipes\"] }");
  }

  /** The other process: holds what a process that makes a distribution holds until it is killed. */
  static final class Other {
    public static void main(String[] arguments) throws Exception {
      Path target = Path.of(arguments[0]);
      try (FileChannel channel =
              FileChannel.open(
                  target.resolveSibling("." + target.getFileName() + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        Path growing = target.resolveSibling("." + target.getFileName() + ".folder");
        Files.createDirectories(growing);
        Files.writeString(growing.resolve("half"), String.valueOf(held.isValid()));
        System.out.println(growing);
        Thread.sleep(TimeUnit.MINUTES.toMillis(5));
      }
    }
  }

  @Test
  void whatAnotherProcessMakesIsLeftAloneUntilItIsKilled() throws Exception {
    Path target = folder.resolve("mine");
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Other.class.getName(),
                target.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = other.inputReader()) {
      Path half = Path.of(out.readLine()).resolve("half");
      assertThatThrownBy(() -> assembly(false, GOOD).write(target))
          .hasMessageContaining("another process is making it");
      assertThat(half).exists();
      other.destroyForcibly().waitFor();
      assembly(false, GOOD).write(target);
      assertThat(target.resolve("bin/maestro")).exists();
      assertThat(target.resolve("half")).doesNotExist();
      assertThat(folder.toFile().list((dir, name) -> name.startsWith(".mine"))).isEmpty();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void holdsWhatItsFeaturesNameAndTheHelpAndNothingElse() throws IOException {
    Path target = folder.resolve("mine");
    assembly(false, GOOD).write(target);
    assertThat(filesOf(target))
        .containsExactlyInAnyOrder(
            "bin/maestro",
            "lib/maestro.launcher.jar",
            "LICENSE",
            "recipes/a.json",
            "features/mine.json",
            "bundles/other-2.0.jar",
            "help/maestro.txt",
            "help/a.b.txt");
    assertThat(target.resolve("help/a.b.txt")).hasContent("b");
    assertThatThrownBy(() -> assembly(false, GOOD).write(target))
        .hasMessageContaining("is there already");
  }

  @Test
  void aZipHoldsTheSame() throws IOException {
    assembly(false, GOOD).write(folder.resolve("mine.zip"));
    try (ZipFile zip = new ZipFile(folder.resolve("mine.zip").toFile())) {
      assertThat(zip.getEntry("mine/bundles/other-2.0.jar")).isNotNull();
      assertThat(zip.getEntry("mine/help/maestro.txt")).isNotNull();
      assertThat(zip.getEntry("mine/samples/big.mp4")).isNull();
    }
    assertThat(filesOf(folder)).noneMatch(name -> name.startsWith("."));
  }

  @Test
  void oneThatWouldNotWorkIsNotMadeAndLeavesNothing() throws IOException {
    Assembly.Check bad =
        (made, others) -> {
          assertThat(made.resolve("bundles/other-2.0.jar")).exists();
          assertThat(others)
              .extracting(jar -> jar.getFileName().toString())
              .containsExactly("apart-1.0.jar", "needed-1.0.jar");
          return new Assembly.Verdict(
              List.of("other waits for package p"), List.of(others.get(1)), Map.of());
        };
    List<String> before = filesOf(folder);
    for (String target : List.of("mine", "mine.zip")) {
      assertThatThrownBy(() -> assembly(false, bad).write(folder.resolve(target)))
          .hasMessageEndingWith(
              "is not made, it would not work: other waits for package p; add to the feature file,"
                  + " or have --complete add, of this distribution needed-1.0");
    }
    assertThat(filesOf(folder)).isEqualTo(before);
  }

  @Test
  void whatItLacksIsAddedAsTheDistributionListsIt() throws IOException {
    Assembly.Check needs =
        (made, others) ->
            Files.exists(made.resolve("bundles/needed-1.0.jar"))
                ? GOOD.on(made, others)
                : new Assembly.Verdict(List.of("waits"), List.of(others.get(1)), Map.of());
    Path target = folder.resolve("mine");
    assembly(true, needs).write(target);
    Feature whole = Feature.of(target, Feature.files(target, List.of()));
    assertThat(whole.id()).isEqualTo("z:mine:1");
    assertThat(whole.bundles())
        .containsExactly(
            new Feature.Bundle("y", "needed", "1.0", 10, false),
            new Feature.Bundle("x", "other", "2.0", 20, false));
  }

  @Test
  void aLinkOutOfTheDistributionIsNotAssembled() throws IOException {
    Files.delete(distribution.resolve("recipes/a.json"));
    Files.delete(distribution.resolve("recipes"));
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.createSymbolicLink(distribution.resolve("recipes"), outside);
    Path target = folder.resolve("mine");
    assertThatThrownBy(() -> assembly(false, GOOD).write(target))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("'recipes' is a symbolic link out of the folder");
    assertThat(target).doesNotExist();
  }

  @Test
  void whatAKilledOneLeftIsInNobodysWay() throws IOException {
    Path left = Files.createDirectories(folder.resolve(".mine.folder/bin"));
    Files.writeString(left.resolve("maestro"), "half");
    Files.writeString(folder.resolve(".mine.part"), "half");
    assembly(false, GOOD).write(folder.resolve("mine"));
    assertThat(folder.resolve("mine/bin/maestro")).isEmptyFile();
    assertThat(folder.resolve(".mine.folder")).doesNotExist();
    assertThat(folder.resolve(".mine.part")).doesNotExist();
  }

  @Test
  void theCommandLineOfAnAssemblyHasNoCommand() {
    LaunchOptions options =
        LaunchOptions.parse(
            new String[] {"--complete", "--assemble", "x"}, Map.of("HOME", "/elsewhere"));
    assertThat(options.complete()).isTrue();
    assertThatThrownBy(
            () ->
                LaunchOptions.parse(
                    new String[] {"--assemble", "x", "score"}, Map.of("HOME", "/elsewhere")))
        .hasMessage("--assemble: takes no command, but there is 'score'; leave it out");
    assertThat(
            LaunchOptions.parse(new String[] {"a", "--complete"}, Map.of("HOME", "/elsewhere"))
                .arguments())
        .containsExactly("a", "--complete");
  }

  private Assembly assembly(boolean complete, Assembly.Check check) {
    return new Assembly(distribution, List.of(mine), complete, check);
  }

  private static List<String> filesOf(Path root) throws IOException {
    try (var all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }
}
