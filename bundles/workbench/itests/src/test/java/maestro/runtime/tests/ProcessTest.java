package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole process: it starts anywhere, and one that cannot start ends with a sentence. */
final class ProcessTest {
  private static final boolean FELIX =
      System.getProperty("java.class.path").contains("org.apache.felix.framework");

  @TempDir Path folder;
  private Path distribution;

  /** What a process did. */
  private record Outcome(int code, String out) {}

  @BeforeEach
  void layOut() throws Exception {
    distribution = Files.createDirectories(folder.resolve("distribution"));
    Path lib = Files.createDirectories(distribution.resolve(FELIX ? "lib/felix" : "lib/equinox"));
    String jar = FELIX ? "org.apache.felix.framework" : "org.eclipse.osgi-";
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (each.contains(jar)) {
        Files.copy(
            Path.of(each),
            lib.resolve(Path.of(each).getFileName()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.createSymbolicLink(
        distribution.resolve("bundles"), PluginJars.DISTRIBUTION.resolve("bundles"));
    Path features = Files.createDirectories(distribution.resolve("features"));
    Files.copy(
        PluginJars.DISTRIBUTION.resolve("features/host.json"), features.resolve("host.json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "mr-IN", "tr-TR"})
  void startsInEveryLocale(String locale) throws Exception {
    String[] parts = locale.split("-");
    Outcome list =
        run(
            List.of("-Duser.language=" + parts[0], "-Duser.country=" + parts[1]),
            "bundles",
            "list",
            "maestro.api");
    assertThat(list.out).contains("on        maestro.api");
    assertThat(list.code).isZero();
  }

  @Test
  void aHostBundleThatIsDamagedEndsTheProcessWithASentence() throws Exception {
    Files.delete(distribution.resolve("bundles"));
    Path bundles = Files.createDirectories(distribution.resolve("bundles"));
    try (var all = Files.list(PluginJars.DISTRIBUTION.resolve("bundles"))) {
      for (Path each : all.toList()) {
        Files.createSymbolicLink(bundles.resolve(each.getFileName()), each);
      }
    }
    Path api = bundles.resolve(PluginJars.distributed("maestro.api").getFileName());
    Files.delete(api);
    Files.writeString(api, "no jar");
    Outcome failed = run(List.of(), "bundles", "list");
    assertThat(failed.code).isEqualTo(4);
    assertThat(failed.out).startsWith("framework: does not start: ");
    assertThat(failed.out.lines()).hasSize(1);
    assertThat(folder.resolve("home/run").toFile().list()).containsExactly("starts");
  }

  @Test
  void aHomeThatCannotBeUsedEndsTheProcessWithASentence() throws Exception {
    Files.writeString(folder.resolve("home"), "a file");
    Outcome failed = run(List.of(), "bundles", "list");
    assertThat(failed.code).isEqualTo(4);
    assertThat(failed.out).startsWith("home: cannot write to ");
  }

  @Test
  void controlCharactersInANameAreShown() throws Exception {
    Outcome missing = run(List.of(), "bundles", "install", "a\u001b[2Jb.jar");
    assertThat(missing.code).isEqualTo(3);
    assertThat(missing.out).startsWith("a\\u001b[2Jb.jar: is not a file");
  }

  @Test
  void pluginsThatMayBeAFileDoNotStopTheStart() throws Exception {
    Files.createDirectories(folder.resolve("home"));
    Files.writeString(folder.resolve("home/plugins"), "a file");
    Outcome list = run(List.of(), "bundles", "list", "maestro.api");
    assertThat(list.code).isZero();
    assertThat(list.out).contains("plugins folder: ").contains("on        maestro.api");
  }

  private Outcome run(List<String> options, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp",
            classPath(),
            "-Dmaestro.distribution=" + distribution,
            "maestro.launcher.Main",
            "--framework",
            FELIX ? "felix" : "equinox",
            "--home",
            folder.resolve("home").toString()));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(out).isTrue();
    return new Outcome(process.exitValue(), out);
  }

  /** As in the folder {@code lib} of a distribution. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(each -> each.matches(".*(launcher|slf4j|jackson-core).*"))
        .reduce((one, other) -> one + File.pathSeparator + other)
        .orElseThrow();
  }
}
