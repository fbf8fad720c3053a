package maestro.packs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import maestro.api.host.PluginNames;
import maestro.api.pack.PackPart;
import maestro.contracts.HostileInputs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged descriptions of packs and manifests: read, or refused with the typed error; no hang, no
 * greed.
 */
class HostilePackTest {
  private static final long FIXED = 200_000;
  private static final int PER_BYTE = 120;

  /** The blocks of the largest networks that a description is allowed, without arrays. */
  private static final long BLOCKS = 32_000_000;

  @TempDir Path folder;
  private Path pack;
  private HostileInputs descriptions;
  private HostileInputs networks;
  private HostileInputs manifests;

  @BeforeEach
  void makeGoodOnes() throws IOException {
    pack =
        SyntheticPack.builder(
                "tiny",
                SyntheticPack.Size.TINY,
                List.of("encoder.clip", "fusion.laff"),
                "FILM",
                PartShapesTest.SHAPES)
            .writeTo(folder, false, Watcher.NONE);
    List<byte[]> description = List.of(Files.readAllBytes(pack.resolve("pack.json")));
    descriptions = new HostileInputs(description, FIXED, PER_BYTE);
    networks = new HostileInputs(description, BLOCKS, PER_BYTE);
    byte[] paper = getClass().getResourceAsStream("manifests/paper.json").readAllBytes();
    manifests = new HostileInputs(List.of(paper), FIXED, PER_BYTE);
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aFewThousandOfEach() {
    check(networks.feed(0, 2000, this::open));
    check(manifests.feed(0, 1000, input -> FetchManifest.parse("hostile", input)));
  }

  @Test
  @Tag("campaign")
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void hundredsOfThousands() {
    report(
        "pack.json",
        descriptions.feed(1_000_000, 300_000, input -> PackDescription.parse(pack, input)));
    report(
        "manifests",
        manifests.feed(1_000_000, 100_000, input -> FetchManifest.parse("hostile", input)));
  }

  private void open(byte[] input) throws IOException {
    Files.write(pack.resolve("pack.json"), input);
    PackFolder opened = PackFolder.open(pack, PluginNames.NONE);
    Path root = pack.toRealPath();
    for (String name : opened.parts()) {
      PackPart part = opened.part(name).orElseThrow();
      if (part.weights() != null) {
        assertThat(part.weights().toRealPath().startsWith(root)).isTrue();
      }
      PartShapesTest.SHAPES.of(name, part.architecture());
    }
  }

  private static void check(HostileInputs.Report report) {
    assertThat(report.refused()).isPositive();
    assertThat(report.read()).isPositive();
  }

  private static void report(String what, HostileInputs.Report report) {
    check(report);
    System.out.println(what + ": " + report);
  }
}
