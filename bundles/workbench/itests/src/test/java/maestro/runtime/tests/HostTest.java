package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/** What the host promises, one by one. */
final class HostTest {
  private static final String TOYS = "maestro.runtime.tests.toys.";

  @TempDir Path folder;
  private LiveHost host;
  private Path encoder;

  @BeforeEach
  void start() throws Exception {
    encoder = PluginJars.build(folder, "encoder.toy", TOYS + "encoder");
    host = new LiveHost(folder.resolve("home"));
  }

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void anInstalledPluginIsDescribedWithItsSettings() throws Exception {
    assertThat(host.maestro("bundles", "install", encoder.toString()).code()).isZero();
    Map<String, Object> described =
        host.probe("registry", "op", "describe", "kind", "encoder", "name", "encoder.toy");
    assertThat(described)
        .containsEntry("kind", "VisualEncoder")
        .containsEntry("bundle", "maestro.encoder.toy")
        .containsEntry("version", "1.0.0")
        .containsEntry("paper", "3.1");
    assertThat((String) described.get("digest")).hasSize(64);
    assertThat(described.get("settings").toString())
        .contains("name=scale, type=Integer, defaultValue=2, minimum=1, maximum=64")
        .contains(
            "name=colours, type=String, defaultValue=rgb, minimum=, maximum=, options=[rgb, grey]")
        .contains("name=offset, type=Double, defaultValue=0.5");
  }

  @Test
  void aPluginAnswersToTheNameItHadBefore() throws Exception {
    host.maestro("bundles", "install", encoder.toString());
    Map<String, Object> described =
        host.probe("registry", "op", "describe", "kind", "encoder", "name", "encoder.plaything");
    assertThat(described).containsEntry("bundle", "maestro.encoder.toy");
    assertThat(described.get("settings").toString()).contains("name=scale");
    Map<String, Object> settings = Map.of("scale", 5, "offset", 2);
    Map<String, Object> held =
        host.probe(
            "registry",
            "op",
            "hold",
            "kind",
            "encoder",
            "name",
            "encoder.plaything",
            "settings",
            settings);
    assertThat(values(held.get("lease"))).containsExactly(0, 10);
    assertThat(host.probe("registry", "op", "plugins").get("names"))
        .isEqualTo(List.of("encoder.toy 1.0.0"));
  }

  @Test
  void everyJobGetsItsOwnSettingsAndTheDefaultInstanceStays() throws Exception {
    host.maestro("bundles", "install", encoder.toString());
    Object first = lease(Map.of());
    Object second = lease(Map.of("scale", 5, "offset", 2));
    Object third = lease(Map.of("scale", "7"));
    assertThat(values(first)).containsExactly(0, 1);
    assertThat(values(second)).containsExactly(0, 10);
    assertThat(values(third)).containsExactly(0, 3.5f);
    host.probe("registry", "op", "close", "lease", second);
    assertThat(values(first)).containsExactly(0, 1);
    assertThat(values(third)).containsExactly(0, 3.5f);
    assertThat(values(lease(Map.of("scale", 5, "offset", 2)))).containsExactly(0, 10);
  }

  @Test
  void settingsAreRefusedWithTheReasonFirst() throws Exception {
    host.maestro("bundles", "install", encoder.toString());
    assertThat(refusal(Map.of("scal", 1)))
        .startsWith("encoder.toy: has no setting 'scal'; known are broken, colours, offset, scale");
    assertThat(refusal(Map.of("scale", 65)))
        .isEqualTo(
            "encoder.toy: illegal setting scale: 65; it must be a whole number from 1 to 64");
    assertThat(refusal(Map.of("scale", 2.5))).contains("illegal setting scale: 2.5");
    assertThat(refusal(Map.of("offset", Double.NaN))).contains("illegal setting offset: NaN");
    assertThat(refusal(Map.of("colours", "cmyk"))).contains("it must be one of rgb, grey");
    assertThat(refusal(Map.of("broken", "perhaps"))).contains("it must be true or false");
    assertThat(refusal(Map.of("broken", true)))
        .contains("encoder.toy: cannot be made: ")
        .contains("asked to be broken");
  }

  @Test
  void aSettingWithoutADefaultMustBeGiven() throws Exception {
    Path sampler = PluginJars.build(folder, "sampler.toy", TOYS + "sampler");
    host.maestro("bundles", "install", sampler.toString());
    assertThat(
            host.probe("registry", "op", "hold", "kind", "sampler", "name", "sampler.toy")
                .get("error"))
        .isEqualTo(
            "sampler.toy: setting 'steps' is missing; give it in the recipe: a whole number from 1 to 1000");
    assertThat(
            host.probe(
                "registry",
                "op",
                "hold",
                "kind",
                "sampler",
                "name",
                "sampler.toy",
                "settings",
                Map.of("steps", 3)))
        .containsKey("lease");
  }

  @Test
  void aPluginThatIsNotThereIsRefusedWithTheReason() throws Exception {
    assertThat(error("encoder", "encoder.toy")).startsWith("encoder.toy: is not installed; ");
    host.maestro("bundles", "install", encoder.toString());
    assertThat(error("control", "encoder.toy"))
        .startsWith("encoder.toy: is a VisualEncoder, not a StyleControl; ");
    host.maestro("bundles", "stop", "encoder.toy");
    assertThat(error("encoder", "encoder.toy"))
        .isEqualTo("encoder.toy: is switched off; run 'maestro bundles start maestro.encoder.toy'");
  }

  @Test
  void aJobKeepsTheVersionItBeganWithAndTheNextGetsTheNewOne() throws Exception {
    host.maestro("bundles", "install", encoder.toString());
    Object running = lease(Map.of("scale", 4));
    Bundle old = host.bundle("maestro.encoder.toy");
    Path update = PluginJars.version(encoder, folder.resolve("update.jar"), "1.0.7");
    assertThat(host.maestro("bundles", "update", "encoder.toy", update.toString()).code()).isZero();
    Object next = lease(Map.of("scale", 4));
    assertThat(values(next)).containsExactly(7, 2);
    assertThat(values(running)).containsExactly(0, 2);
    assertThat(old.getState()).isEqualTo(Bundle.ACTIVE);
    host.probe("registry", "op", "close", "lease", running);
    await(() -> old.getState() == Bundle.UNINSTALLED);
    assertThat(values(next)).containsExactly(7, 2);
  }

  @Test
  void stoppingWaitsForTheLastJobAndStartingCallsItOff() throws Exception {
    host.maestro("bundles", "install", encoder.toString());
    Object running = lease(Map.of());
    var stop = CompletableFuture.supplyAsync(() -> quietly("bundles", "stop", "encoder.toy"));
    await(() -> error("encoder", "encoder.toy") != null);
    assertThat(values(running)).containsExactly(0, 1);
    assertThat(stop.isDone()).isFalse();
    host.probe("registry", "op", "close", "lease", running);
    assertThat(stop.get(10, TimeUnit.SECONDS).code()).isZero();
    assertThat(host.bundle("maestro.encoder.toy").getState()).isEqualTo(Bundle.RESOLVED);
  }

  @Test
  void whatIsSwitchedOffStaysOffInTheNextProcess() throws Exception {
    host.maestro("bundles", "install", encoder.toString());
    host.maestro("bundles", "stop", "encoder.toy");
    host.close();
    host = new LiveHost(folder.resolve("home"));
    assertThat(error("encoder", "encoder.toy")).startsWith("encoder.toy: is switched off");
    host.maestro("bundles", "start", "encoder.toy");
    host.close();
    host = new LiveHost(folder.resolve("home"));
    assertThat(values(lease(Map.of()))).containsExactly(0, 1);
  }

  @Test
  void theWatchedFolderPutsInSwapsAndTakesOut() throws Exception {
    Path target = host.plugins().resolve("any-name.jar");
    Files.copy(encoder, target);
    await(() -> names().contains("encoder.toy 1.0.0"));
    Path update = PluginJars.version(encoder, folder.resolve("update.jar"), "1.0.3");
    Files.move(update, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    await(() -> names().contains("encoder.toy 1.0.3"));
    assertThat(names()).doesNotContain("encoder.toy 1.0.0");
    Files.delete(target);
    await(() -> names().isEmpty());
  }

  @Test
  void theHostTellsWhatCameAndWhichRecipesNameIt() throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(said, true));
      Files.copy(encoder, host.plugins().resolve("e.jar"));
      await(() -> said.toString().contains("encoder.toy, named by toy-score"));
      Path control = PluginJars.build(folder, "control.toy", TOYS + "control");
      Files.copy(control, host.plugins().resolve("c.jar"));
      await(() -> said.toString().contains("control.toy, which no recipe names yet: add"));
      Files.delete(host.plugins().resolve("e.jar"));
      await(() -> said.toString().contains("plugins: maestro.encoder.toy 1.0.0 goes"));
    } finally {
      System.setErr(before);
    }
  }

  @Test
  void aBrokenFileInTheFolderHurtsNobody() throws Exception {
    Files.write(host.plugins().resolve("half.jar"), new byte[] {'P', 'K', 3, 4, 0});
    Files.copy(encoder, host.plugins().resolve("good.jar"));
    await(() -> names().contains("encoder.toy 1.0.0"));
    byte[] whole = Files.readAllBytes(PluginJars.build(folder, "control.toy", TOYS + "control"));
    Files.write(host.plugins().resolve("half.jar"), whole);
    await(() -> names().contains("control.toy 1.0.0"));
  }

  @Test
  void aBundleThatNeedsANewerApiIsRefusedAndTheOldOneStays() throws Exception {
    host.maestro("bundles", "install", encoder.toString());
    Path newer =
        PluginJars.build(
            folder.resolve("newer"),
            "encoder.toy",
            TOYS + "encoder",
            "Import-Package=maestro.api.film;version=\"[2.0,3)\",*",
            "Bundle-Version=1.0.9");
    host.maestro("bundles", "install", newer.toString());
    assertThat(names()).containsExactly("encoder.toy 1.0.0");
    Path alone =
        PluginJars.build(
            folder.resolve("alone"),
            "encoder.alone",
            TOYS + "encoder",
            "Import-Package=maestro.api.film;version=\"[2.0,3)\",*");
    Bundle unresolved = host.context().installBundle(alone.toUri().toString());
    LiveHost.Outcome why = host.maestro("bundles", "why", unresolved.getSymbolicName());
    assertThat(why.out())
        .contains(
            "it needs package maestro.api.film from 2.0.0 to below 3.0.0, but maestro.api has version 1.");
  }

  @Test
  void pinnedBundlesStay() throws Exception {
    LiveHost.Outcome stop = host.maestro("bundles", "stop", "maestro.runtime");
    assertThat(stop.code()).isEqualTo(4);
    assertThat(stop.err())
        .contains("maestro.runtime: is pinned and cannot go while the process lives; ");
    assertThat(
            host.maestro("bundles", "install", PluginJars.distributed("maestro.api").toString())
                .err())
        .contains("maestro.api: is pinned and cannot be replaced while the process lives");
  }

  @Test
  void whySaysWhatDependsOnABundleBeforeItIsStopped() throws Exception {
    for (String name :
        List.of(
            "maestro.signal", "maestro.statistics", "maestro.affect", "maestro.control.melody")) {
      assertThat(host.maestro("bundles", "install", PluginJars.distributed(name).toString()).code())
          .isZero();
    }
    LiveHost.Outcome dryRun = host.maestro("bundles", "uninstall", "maestro.signal", "--dry-run");
    assertThat(dryRun.err()).contains("maestro.control.melody depends on it");
    assertThat(host.maestro("bundles", "why", "control.melody").out())
        .contains("is on")
        .contains("StyleControl control.melody")
        .contains("package maestro.api.control from maestro.api");
  }

  @Test
  void replacingALibraryWaitsForJobsOfItsUsers() throws Exception {
    Path signal = PluginJars.distributed("maestro.signal");
    host.maestro("bundles", "install", signal.toString());
    host.maestro("bundles", "install", PluginJars.distributed("maestro.statistics").toString());
    host.maestro("bundles", "install", PluginJars.distributed("maestro.affect").toString());
    host.maestro("bundles", "install", PluginJars.distributed("maestro.control.melody").toString());
    Object running =
        host.probe("registry", "op", "hold", "kind", "control", "name", "control.melody")
            .get("lease");
    float[] before = values(running);
    Bundle old = host.bundle("maestro.signal");
    String fresh = PluginJars.version(signal, folder.resolve("s.jar"), "0.1.9").toString();
    String[] update = {"bundles", "update", "maestro.signal", fresh};
    String told =
        "maestro.control.melody depends on maestro.signal and moves to the new one once no job uses"
            + " it: 1 job does now";
    LiveHost.Outcome dryRun =
        host.maestro("bundles", "update", "maestro.signal", fresh, "--dry-run");
    assertThat(dryRun.err()).contains(told);
    assertThat(host.bundle("maestro.signal")).isEqualTo(old);
    assertThat(host.maestro(update).err()).contains(told);
    assertThat(values(running)).containsExactly(before);
    assertThat(old.getState()).isNotEqualTo(Bundle.UNINSTALLED);
    host.probe("registry", "op", "close", "lease", running);
    await(() -> old.getState() == Bundle.UNINSTALLED);
    Object next =
        host.probe("registry", "op", "hold", "kind", "control", "name", "control.melody")
            .get("lease");
    assertThat(values(next)).containsExactly(before);
  }

  @Test
  void commandsSpeakPlainly() throws Exception {
    assertThat(host.maestro("--help").out())
        .contains("bundles")
        .contains("--framework felix|equinox");
    LiveHost.Outcome unknown = host.maestro("scroe");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).startsWith("maestro: Unmatched argument");
    LiveHost.Outcome missing = host.maestro("bundles", "install", "nothing.jar");
    assertThat(missing.code()).isEqualTo(3);
    assertThat(missing.err())
        .isEqualTo("nothing.jar: is not a file; check the path" + System.lineSeparator());
    assertThat(host.maestro("bundles", "list", "--json").out())
        .startsWith("{")
        .contains("\"maestro.runtime\"");
  }

  private Object lease(Map<String, Object> settings) throws Exception {
    Map<String, Object> result =
        host.probe(
            "registry",
            "op",
            "hold",
            "kind",
            "encoder",
            "name",
            "encoder.toy",
            "settings",
            settings);
    assertThat(result).containsKey("lease");
    return result.get("lease");
  }

  private String refusal(Map<String, Object> settings) throws Exception {
    Map<String, Object> result =
        host.probe(
            "registry",
            "op",
            "hold",
            "kind",
            "encoder",
            "name",
            "encoder.toy",
            "settings",
            settings);
    assertThat(result).containsEntry("kind", "CONFIGURATION");
    return (String) result.get("error");
  }

  private String error(String kind, String name) throws Exception {
    return (String)
        host.probe("registry", "op", "describe", "kind", kind, "name", name).get("error");
  }

  private float[] values(Object lease) throws Exception {
    return (float[]) host.probe("registry", "op", "use", "lease", lease).get("values");
  }

  @SuppressWarnings("unchecked")
  private List<String> names() throws Exception {
    return (List<String>) host.probe("registry", "op", "plugins").get("names");
  }

  private LiveHost.Outcome quietly(String... arguments) {
    try {
      return host.maestro(arguments);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      Thread.sleep(20);
    }
  }
}
