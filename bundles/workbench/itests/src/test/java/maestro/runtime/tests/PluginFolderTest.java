package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever lies in the plugins folder: each bad thing is named, everything else goes on. */
final class PluginFolderTest {
  @TempDir Path folder;
  private Path toy;
  private Path other;

  @BeforeEach
  void build() throws Exception {
    toy = PluginJars.build(folder, "encoder.toy", "maestro.runtime.tests.toys.encoder");
    other = PluginJars.build(folder, "control.toy", "maestro.runtime.tests.toys.control");
  }

  @Test
  void whatIsNoPluginIsNamedAtTheStartAndTheRestGoesOn() throws Exception {
    Path plugins = Files.createDirectories(folder.resolve("home/plugins"));
    Map<String, Path> bad = bad(plugins);
    Files.createDirectories(plugins.resolve("folder.jar"));
    Files.createSymbolicLink(plugins.resolve("dangling.jar"), folder.resolve("nowhere"));
    Files.copy(toy, plugins.resolve("good.jar"));
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      String list = host.maestro("bundles", "list").out();
      bad.keySet().forEach(name -> assertThat(list).containsPattern("refused +" + name));
      assertThat(list)
          .containsPattern("refused +folder.jar")
          .containsPattern("refused +dangling.jar");
      assertThat(list).containsPattern("on +maestro.encoder.toy");
    }
  }

  @Test
  void whatIsNoPluginAndComesLiveDoesNotEndTheWatch() throws Exception {
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      for (String name : bad(host.plugins()).keySet()) {
        await(host, "refused +" + name);
      }
      Files.createSymbolicLink(host.plugins().resolve("dangling.jar"), folder.resolve("nowhere"));
      await(host, "refused +dangling.jar");
      Files.copy(toy, host.plugins().resolve("good.jar"));
      await(host, "on +maestro.encoder.toy");
      assertThat(host.maestro("bundles", "uninstall", "encoder.toy").code()).isZero();
    }
  }

  @Test
  void whatIsNoPluginIsRefusedByInstallAndLeavesNothing() throws Exception {
    Path given = Files.createDirectories(folder.resolve("given"));
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      for (Map.Entry<String, Path> each : bad(given).entrySet()) {
        LiveHost.Outcome refused = host.maestro("bundles", "install", each.getValue().toString());
        assertThat(refused.code()).as(refused.err()).isEqualTo(3);
        assertThat(refused.err()).startsWith(each.getKey() + ": ");
      }
      assertThat(host.plugins()).isEmptyDirectory();
      assertThat(host.maestro("bundles", "install", toy.toString()).code()).isZero();
    }
  }

  @Test
  void aPluginForANewerJavaSaysSo() throws Exception {
    Path newer = newer(folder.resolve("newer.jar"));
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      LiveHost.Outcome refused = host.maestro("bundles", "install", newer.toString());
      assertThat(refused.code()).isEqualTo(4);
      assertThat(refused.err())
          .contains("it needs Java 99, this is " + Runtime.version().feature());
      assertThat(host.plugins()).isEmptyDirectory();
      Files.copy(newer, host.plugins().resolve("newer.jar"));
      await(host, "waiting +maestro.encoder.toy");
    }
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      assertThat(host.maestro("bundles", "why", "encoder.toy").out())
          .contains("maestro.encoder.toy 1.0.0 is waiting")
          .contains("it needs Java 99, this is " + Runtime.version().feature());
      assertThat(
              host.probe("registry", "op", "describe", "kind", "encoder", "name", "encoder.toy")
                  .get("error")
                  .toString())
          .isEqualTo(
              "encoder.toy: cannot be used: it needs Java 99, this is "
                  + Runtime.version().feature()
                  + "; see 'maestro bundles why maestro.encoder.toy'");
    }
  }

  /** Jars that no framework takes, by file name. */
  private Map<String, Path> bad(Path target) throws IOException {
    Map<String, Path> bad = new LinkedHashMap<>();
    String[][] headers = {
      {"empty-import.jar", "Import-Package", ","},
      {"open-range.jar", "Import-Package", "maestro.api;version=\"[1.0,2\""},
      {"open-filter.jar", "Require-Capability", "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)\""},
      {"version.jar", "Bundle-Version", "abc"},
      {"name.jar", "Bundle-SymbolicName", "../../escape"},
      {"no-name.jar", "Bundle-SymbolicName", " "},
    };
    for (String[] each : headers) {
      Path made = PluginJars.header(other, folder.resolve("made.jar"), each[1], each[2]);
      bad.put(each[0], Files.move(made, target.resolve(each[0])));
    }
    bad.put("text.jar", Files.writeString(target.resolve("text.jar"), "no jar"));
    bad.put("nothing.jar", Files.createFile(target.resolve("nothing.jar")));
    return bad;
  }

  /** The toy with a class file of a Java that is not there yet. */
  private Path newer(Path target) throws Exception {
    try (var files = java.nio.file.FileSystems.newFileSystem(Files.copy(toy, target))) {
      Path type = files.getPath("maestro/runtime/tests/toys/encoder/ToyEncoder.class");
      byte[] bytes = Files.readAllBytes(type);
      bytes[7] = (byte) (44 + 99);
      Files.write(type, bytes);
    }
    return target;
  }

  private static void await(LiveHost host, String line) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (host.maestro("bundles", "list")
        .out()
        .lines()
        .noneMatch(each -> each.matches(line + ".*"))) {
      assertThat(System.nanoTime()).as(line).isLessThan(end);
      Thread.sleep(20);
    }
  }
}
