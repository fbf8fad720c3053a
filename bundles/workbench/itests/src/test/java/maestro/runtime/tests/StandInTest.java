package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jars in the plugins folder that take the place of bundles the distribution ships. */
final class StandInTest {
  private static final String SIGNAL = "maestro.signal";
  private static final String MELODY = "maestro.control.melody";
  private static final List<String> SHIPPED =
      List.of(
          "maestro.engine.djl",
          SIGNAL,
          "maestro.statistics",
          "maestro.affect",
          MELODY,
          "maestro.control.dynamics");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {SIGNAL, "maestro.affect", MELODY, "maestro.control.dynamics"})
  void aNewerJarStandsInFromTheStartAndTheShippedOneComesBack(String name) throws Exception {
    float[] expected;
    String shipped;
    try (LiveHost host = host()) {
      expected = melody(host);
      shipped = version(host, name);
    }
    Path jar = lay(name, "0.1.9");
    for (int start = 0; start < 2; start++) {
      try (LiveHost host = host()) {
        assertThat(version(host, name)).isEqualTo("0.1.9");
        assertThat(host.maestro("bundles", "check").code()).isZero();
        assertThat(melody(host)).containsExactly(expected);
      }
    }
    Files.delete(jar);
    try (LiveHost host = host()) {
      assertThat(version(host, name)).isEqualTo(shipped);
      assertThat(melody(host)).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"maestro.api", "maestro.runtime", "maestro.engine.djl", "org.jline"})
  void aJarOfAPinnedBundleIsRefusedAndTheHostStarts(String name) throws Exception {
    Path jar = lay(name, "9.9.9");
    try (LiveHost host = host()) {
      assertThat(version(host, name)).isNotEqualTo("9.9.9");
      assertThat(host.maestro("bundles", "list").out())
          .contains(
              jar.getFileName()
                  + "  "
                  + name
                  + ": is pinned and cannot be replaced while the process lives");
      assertThat(melody(host)).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SIGNAL, MELODY})
  void anInstalledStandInSurvivesRestartsAndGoesWhenUninstalled(String name) throws Exception {
    Path jar = PluginJars.version(shippedJar(name), folder.resolve("new.jar"), "0.1.9");
    String shipped;
    try (LiveHost host = host()) {
      shipped = version(host, name);
      assertThat(host.maestro("bundles", "install", jar.toString()).code()).isZero();
      await(host, name, "0.1.9");
    }
    try (LiveHost host = host()) {
      assertThat(version(host, name)).isEqualTo("0.1.9");
      LiveHost.Outcome gone = host.maestro("bundles", "uninstall", name);
      assertThat(gone.code()).isZero();
      assertThat(gone.out()).contains(name + " " + shipped + " of the distribution is back");
      assertThat(melody(host)).isNotEmpty();
    }
    try (LiveHost host = host()) {
      assertThat(version(host, name)).isEqualTo(shipped);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SIGNAL, MELODY})
  void inDuringAJobReplacedInPlaceAndOutAgainTheShippedOneComesBack(String name) throws Exception {
    try (LiveHost host = host()) {
      String shipped = version(host, name);
      float[] expected = melody(host);
      for (int round = 1; round <= 3; round++) {
        Object job = hold(host);
        Path jar = lay(name, "0.1." + round);
        await(host, name, "0.1." + round);
        assertThat(values(host, job)).containsExactly(expected);
        jar = lay(name, "0.2." + round);
        await(host, name, "0.2." + round);
        assertThat(values(host, job)).containsExactly(expected);
        assertThat(melody(host)).containsExactly(expected);
        Files.delete(jar);
        await(host, name, shipped);
        assertThat(values(host, job)).containsExactly(expected);
        host.probe("registry", "op", "close", "lease", job);
        assertThat(melody(host)).containsExactly(expected);
      }
      settle(host);
      await(host, name, shipped);
      assertThat(melody(host)).containsExactly(expected);
      assertThat(host.maestro("bundles", "check").code()).isZero();
    }
  }

  @Test
  void ofTwoVersionsTheNewestIsInAndTheOtherWhenThatGoes() throws Exception {
    Path toy = PluginJars.build(folder, "encoder.toy", "maestro.runtime.tests.toys.encoder");
    Path first = PluginJars.version(toy, plugins().resolve("first.jar"), "1.0.1");
    Path second = PluginJars.version(toy, plugins().resolve("second.jar"), "1.0.2");
    try (LiveHost host = host()) {
      assertThat(version(host, "maestro.encoder.toy")).isEqualTo("1.0.2");
      Files.delete(second);
      await(host, "maestro.encoder.toy", "1.0.1");
      assertThat(host.probe("registry", "op", "plugins").get("names").toString())
          .contains("encoder.toy 1.0.1");
      PluginJars.version(toy, second, "1.0.3");
      await(host, "maestro.encoder.toy", "1.0.3");
      assertThat(host.maestro("bundles", "uninstall", "encoder.toy").out())
          .contains("first.jar")
          .contains("second.jar");
      assertThat(first).doesNotExist();
      assertThat(host.bundle("maestro.encoder.toy")).isNull();
    }
    try (LiveHost host = host()) {
      assertThat(host.bundle("maestro.encoder.toy")).isNull();
    }
  }

  @Test
  void aJarThatIsOlderThanTheShippedOneIsRefusedAndLeavesNothing() throws Exception {
    Path jar = PluginJars.version(shippedJar(SIGNAL), folder.resolve("old.jar"), "0.0.1");
    try (LiveHost host = host()) {
      LiveHost.Outcome old = host.maestro("bundles", "install", jar.toString());
      assertThat(old.code()).isEqualTo(4);
      assertThat(old.err()).startsWith("maestro.signal: 0.0.1 is older than 0.1.0");
      assertThat(plugins()).isEmptyDirectory();
      Files.copy(jar, plugins().resolve("old.jar"));
      host.maestro("bundles", "list");
      assertThat(version(host, SIGNAL)).startsWith("0.1.0");
    }
  }

  @Test
  void aStandInWhoseNeedsAreNotMetGivesWayToTheShippedOne() throws Exception {
    PluginJars.header(
        PluginJars.version(shippedJar(SIGNAL), folder.resolve("new.jar"), "0.1.9"),
        plugins().resolve("needy.jar"),
        "Import-Package",
        "org.nowhere;version=\"[1,2)\"");
    try (LiveHost host = host()) {
      assertThat(version(host, SIGNAL)).startsWith("0.1.0");
      assertThat(host.maestro("bundles", "list").out())
          .contains("needy.jar")
          .contains(
              "it needs package org.nowhere from 1.0.0 to below 2.0.0, which no bundle here has");
      assertThat(melody(host)).isNotEmpty();
      assertThat(host.maestro("bundles", "check").code()).isZero();
    }
  }

  private LiveHost host() throws Exception {
    return LiveHost.shipping(folder.resolve("home"), SHIPPED);
  }

  private Path plugins() throws Exception {
    return Files.createDirectories(folder.resolve("home/plugins"));
  }

  private static Path shippedJar(String name) throws Exception {
    return PluginJars.distributed(name.equals("org.jline") ? "jline" : name);
  }

  /** Moves a copy with another version into the folder, over the one that lies there. */
  private Path lay(String name, String version) throws Exception {
    Path made = PluginJars.version(shippedJar(name), folder.resolve("made.jar"), version);
    return Files.move(
        made,
        plugins().resolve("stand-in.jar"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static Object hold(LiveHost host) throws Exception {
    Map<String, Object> held =
        host.probe(
            "registry",
            "op",
            "hold",
            "kind",
            "control",
            "name",
            "control.melody",
            "settings",
            Map.of());
    assertThat(held).containsKey("lease");
    return held.get("lease");
  }

  private static float[] values(LiveHost host, Object lease) throws Exception {
    return (float[]) host.probe("registry", "op", "use", "lease", lease).get("values");
  }

  private static float[] melody(LiveHost host) throws Exception {
    Object lease = hold(host);
    try {
      return values(host, lease);
    } finally {
      host.probe("registry", "op", "close", "lease", lease);
    }
  }

  /** Version of the one bundle of that name that is on and not leaving. */
  private static String version(LiveHost host, String name) throws Exception {
    return host.maestro("bundles", "list", name)
        .out()
        .lines()
        .filter(line -> line.matches("on +" + name.replace(".", "\\.") + " .*"))
        .map(line -> line.split(" +")[2])
        .reduce("", (one, other) -> one + other);
  }

  private static void await(LiveHost host, String name, String version) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!version(host, name).equals(version)) {
      assertThat(System.nanoTime()).as("%s %s", name, version).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static void settle(LiveHost host) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (host.maestro("bundles", "list").out().contains("leaving")) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }
}
