package maestro.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.contracts.HostileInputs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files of weights of both formats: read, or refused with the typed error; no hang, no
 * greed.
 */
class HostileCheckpointTest {
  /**
   * A hundred thousand bytes for a message, its stack and small change; then some objects for each
   * byte of text.
   */
  private static final long FIXED = 100_000;

  private static final int PER_BYTE = 120;

  @TempDir Path folder;
  private HostileInputs safetensors;
  private HostileInputs archives;

  @BeforeEach
  void makeGoodFiles() throws IOException {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    tensors.put("conv.weight", FillRule.tensor("conv.weight", 2, 3, 1, 1));
    tensors.put("conv.bias", FillRule.tensor("conv.bias", 2));
    tensors.put("scale", FloatTensor.of(new float[] {1}));
    Path file = folder.resolve("good.safetensors");
    Safetensors.write(file, new NamedTensors(tensors, Map.of("format", "pt")));
    safetensors = new HostileInputs(List.of(Files.readAllBytes(file)), FIXED, PER_BYTE);

    List<byte[]> good = new ArrayList<>();
    good.add(ArchiveBuilder.stateDict(tensors).toBytes());
    good.add(ArchiveBuilder.stateDict(tensors).deflated().toBytes());
    for (String name : List.of("checkpoint.pt", "script.pt", "legacy.pt")) {
      try (InputStream in = HostileCheckpointTest.class.getResourceAsStream(name)) {
        good.add(in.readAllBytes());
      }
    }
    archives = new HostileInputs(good, FIXED, PER_BYTE);
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aFewThousandOfEachAndSomeOnTheDisk() {
    check(safetensors.feed(0, 3000, HostileCheckpointTest::readFromMemory));
    check(archives.feed(0, 3000, HostileCheckpointTest::readFromMemory));
    check(safetensors.feed(3000, 200, this::readFromDisk));
    check(archives.feed(3000, 200, this::readFromDisk));
  }

  @Test
  @Tag("campaign")
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void overAMillion() {
    report(
        "safetensors", safetensors.feed(1_000_000, 600_000, HostileCheckpointTest::readFromMemory));
    report("archives", archives.feed(1_000_000, 600_000, HostileCheckpointTest::readFromMemory));
  }

  private void readFromDisk(byte[] input) throws IOException {
    Path file = Files.write(folder.resolve("hostile"), input);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      look(checkpoint, input.length);
    }
  }

  private static void readFromMemory(byte[] input) {
    look(Checkpoint.read(MappedFile.of(Path.of("hostile"), input)), input.length);
  }

  private static void look(Checkpoint checkpoint, int length) {
    for (Weight weight : checkpoint.weights().values()) {
      assertThat(weight.byteLength()).isLessThanOrEqualTo(length);
      assertThat(weight.toFloats()).hasSize((int) weight.elements());
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
