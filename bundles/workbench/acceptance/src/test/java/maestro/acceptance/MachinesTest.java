package maestro.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Machines are not all alike: the main job, a score for a film by the shipped recipe and pack, once
 * under each of the conditions that users have. The runs share a home, so that the film is encoded
 * once; each has a seed of its own, so that each computes.
 */
@EnabledOnOs(OS.LINUX)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MachinesTest {
  private static final long WAV_BYTES = 10 * 16_000 * 2;

  private Path folder;
  private Path home;

  /** The first run: a user whom the system's list does not have, and HOME set to anywhere. */
  @BeforeAll
  void aUserWithoutAnEntryHasTheHomeThatIsSet(@TempDir Path shared) throws Exception {
    folder = shared;
    Path elsewhere = Files.createDirectories(folder.resolve("else where"));
    home = elsewhere.resolve(".maestro");
    Built.sh(
            folder,
            Map.of("HOME", elsewhere.toString(), "MAESTRO_OPTS", "-Duser.home=?"),
            score(1, "first.wav"))
        .good();
    assertScored("first.wav");
    assertThat(home.resolve("cache")).isDirectory();
  }

  @Test
  void withoutAnyHomeItSaysWhatToSet() throws Exception {
    Built.Outcome none =
        Built.sh(folder, Map.of("HOME", "", "MAESTRO_OPTS", "-Duser.home=?"), score(2, "none.wav"));
    assertThat(none.code()).isEqualTo(4);
    assertThat(none.err())
        .isEqualTo(
            "home: this user has no home folder; set HOME or MAESTRO_HOME, or give --home FOLDER\n");
  }

  @Test
  void scoresInALocaleWithItsOwnDigits() throws Exception {
    Built.sh(
            folder,
            with("LC_ALL", "ar_EG.UTF-8", "MAESTRO_OPTS", "-Duser.language=ar -Duser.country=EG"),
            score(3, "arabic.wav"))
        .good();
    assertScored("arabic.wav");
  }

  @Test
  void scoresAFilmWithAnAccentInTheLocaleC() throws Exception {
    Path film = Files.copy(Built.FILM, folder.resolve("prélude été.mp4"));
    Built.sh(folder, with("LC_ALL", "C"), score("'" + film + "'", 4, "'été.wav'")).good();
    assertScored("été.wav");
  }

  @Test
  void tooFewOpenFilesAreSaidBeforeAnythingStarts() throws Exception {
    Built.Outcome few = Built.sh(folder, with(), "ulimit -n 64; " + score(8, "few.wav"));
    assertThat(few.code()).isEqualTo(5);
    assertThat(few.err()).startsWith("maestro: the system lets it open 64 files at once");
  }

  @Test
  void scoresWithStandardInputClosed() throws Exception {
    Built.sh(folder, with(), score(5, "closed.wav") + " <&-").good();
    assertScored("closed.wav");
  }

  @Test
  void sayingNothingOnAFullDeviceIsAnErrorAndTheScoreIsThere() throws Exception {
    Built.Outcome full = Built.sh(folder, with(), score(6, "full.wav") + " >/dev/full");
    assertThat(full.code()).isEqualTo(5);
    assertThat(full.err()).contains("standard output: cannot be written");
    assertScored("full.wav");
  }

  @Test
  void aHomeThatCannotBeWrittenIsNamed() throws Exception {
    Path locked = Files.createDirectories(folder.resolve("locked"));
    assertThat(locked.toFile().setWritable(false)).isTrue();
    // The superuser may write anywhere, but for what is no disk at all.
    Path there = Files.isWritable(locked) ? Path.of("/proc/maestro") : locked.resolve("home");
    Built.Outcome refused =
        Built.sh(folder, Map.of("MAESTRO_HOME", there.toString()), score(7, "locked.wav"));
    assertThat(refused.code()).isEqualTo(4);
    assertThat(refused.err())
        .startsWith("home: cannot write to " + there + " (")
        .endsWith("; choose another folder with --home or MAESTRO_HOME\n");
    assertThat(refused.err().lines()).hasSize(1);
  }

  @Test
  void aPluginForANewerJavaIsNamedAndTheJobGoesOn() throws Exception {
    int newer = Runtime.version().feature() + 4;
    Manifest manifest = new Manifest();
    Attributes headers = manifest.getMainAttributes();
    headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.putValue("Bundle-ManifestVersion", "2");
    headers.putValue("Bundle-SymbolicName", "maestro.encoder.newer");
    headers.putValue(
        "Require-Capability", "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=" + newer + "))\"");
    Path jar = Files.createDirectories(home.resolve("plugins")).resolve("newer.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.finish();
    }
    try {
      assertThat(Built.sh(folder, with(), score(8, "newer.wav")).good().err())
          .contains("maestro.encoder.newer")
          .contains("Java " + newer);
    } finally {
      Files.delete(jar);
    }
    assertScored("newer.wav");
  }

  @Test
  void aSmallFullDiskAsHomeIsALackOfRoom() throws Exception {
    String mounted = "unshare -rm sh -c 'mount -t tmpfs -o size=%s tmpfs small && exec %s'";
    Files.createDirectories(folder.resolve("small"));
    assumeThat(Built.sh(folder, with(), mounted.formatted("1m", "true")).code())
        .as("this machine lets a process mount a disk of its own")
        .isZero();
    Map<String, String> small = Map.of("MAESTRO_HOME", folder.resolve("small/home").toString());
    Built.Outcome tiny =
        Built.sh(folder, small, mounted.formatted("1m", bare(score(9, "small.wav"))));
    assertThat(tiny.code()).isEqualTo(5);
    assertThat(tiny.err()).startsWith("home: the disk of ").contains("is full").contains("--home");
    Built.Outcome unpacking =
        Built.sh(folder, small, mounted.formatted("24m", bare(score(9, "small.wav"))));
    assertThat(unpacking.code()).as(unpacking.err()).isEqualTo(5);
    assertThat(unpacking.err()).contains("disk: is full");
  }

  private static String score(int seed, String out) {
    return score("'" + Built.FILM + "'", seed, out);
  }

  private static String score(String film, int seed, String out) {
    return Built.script(Built.DISTRIBUTION)
        + " score "
        + film
        + " --seed "
        + seed
        + " --set sampler.ddim.steps=1 -o "
        + out;
  }

  /** Without quotation marks, for a line that is itself between them. */
  private static String bare(String line) {
    return line.replace("'", "");
  }

  private Map<String, String> with(String... environment) {
    Map<String, String> all = new HashMap<>(Map.of("MAESTRO_HOME", home.toString()));
    for (int i = 0; i < environment.length; i += 2) {
      all.put(environment[i], environment[i + 1]);
    }
    return all;
  }

  private void assertScored(String wav) {
    assertThat(folder.resolve(wav)).isRegularFile();
    assertThat(folder.resolve(wav).toFile().length()).isGreaterThan(WAV_BYTES);
  }
}
