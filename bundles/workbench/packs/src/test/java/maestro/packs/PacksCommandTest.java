package maestro.packs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PacksCommandTest {
  @TempDir Path folder;
  private CommandLine command;
  private StringWriter out;

  @BeforeEach
  void makeTheCommand() {
    out = new StringWriter();
    command =
        new CommandLine(
            new PacksCommand(
                new Packs(List.of(folder)),
                new Download(),
                List.of(),
                PartShapesTest.SHAPES.sources()));
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(new StringWriter()));
    command.setExecutionExceptionHandler(
        (e, line, result) -> {
          out.write(e.getMessage());
          return e instanceof MaestroException known ? known.kind().exitCode() : 1;
        });
  }

  @Test
  void aPackIsMadeListedShownAndVerified() throws IOException {
    assertThat(run("list")).isZero();
    assertThat(said()).startsWith("no packs");
    assertThat(run("synthetic", "mine", "--part", "encoder.clip", "--part", "fusion.laff"))
        .isZero();
    assertThat(said()).startsWith("mine: encoder.clip fusion.laff");
    assertThat(run("list")).isZero();
    assertThat(said()).startsWith("mine ").contains("(untrained)");
    assertThat(run("show", "mine", "--json", "--tensors")).isZero();
    JsonNode shown = new ObjectMapper().readTree(said());
    assertThat(shown.path("untrained").asBoolean()).isTrue();
    assertThat(shown.at("/parts/encoder.clip/tensors").asInt()).isEqualTo(32);
    assertThat(shown.at("/parts/encoder.clip/shapes/visual.proj").asText()).isEqualTo("F32 128x16");
    assertThat(run("verify")).isZero();
    assertThat(said()).startsWith("all good");
  }

  @Test
  void damageEndsWithItsExitCode() throws IOException {
    run("synthetic", "mine", "--part", "fusion.laff");
    Path weights = folder.resolve("mine/fusion.laff.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 2] ^= 4;
    Files.write(weights, bytes);
    said();
    assertThat(run("verify", "mine")).isEqualTo(MaestroException.Kind.INPUT.exitCode());
    assertThat(said())
        .isEqualTo("packs verify: not good: mine fusion.laff; put these packs in place again");
    Files.delete(folder.resolve("mine/pack.json"));
    assertThat(run("show", "mine")).isEqualTo(MaestroException.Kind.INPUT.exitCode());
    assertThat(run("show", "yours")).isEqualTo(MaestroException.Kind.CONFIGURATION.exitCode());
  }

  @Test
  void numbersThatAreNoneAreFoundInEveryPart() throws IOException {
    float[] good = {1, 2, 3, 4, 5, 6};
    float[] bad = {1, 2, Float.NaN, 4, Float.NEGATIVE_INFINITY, 6};
    new PackBuilder("mine")
        .part("encoder.other", List.of(weight("a", good), weight("b", bad)), Map.of())
        .part("control.half", List.of(weight("c", bad).toHalf()), Map.of())
        .part("control.good", List.of(weight("d", good)), Map.of())
        .writeTo(folder, false, Watcher.NONE);
    assertThat(run("verify", "mine", "--json")).isEqualTo(MaestroException.Kind.INPUT.exitCode());
    assertThat(said())
        .contains("'b' is NaN at [0, 2] (2 of 6 numbers are NaN or infinite)")
        .contains("'c' is NaN at [0, 2]")
        .contains("not good: mine encoder.other, mine control.half;")
        .doesNotContain("'a' is", "'d' is");
  }

  private static Weight weight(String name, float[] values) {
    return Weight.of(name, FloatTensor.of(values, 2, 3));
  }

  @Test
  void theLicenceOfAPartIsShownWhereItIsNotThatOfThePack() throws IOException {
    new PackBuilder("base")
        .licence("GPL-2.0")
        .part("control.x", Map.of())
        .writeTo(folder, false, Watcher.NONE);
    new PackBuilder("next")
        .licence("AGPL-3.0")
        .keeping(new Packs(List.of(folder)).open("base"))
        .part("control.y", Map.of())
        .writeTo(folder, false, Watcher.NONE);
    assertThat(run("show", "next")).isZero();
    assertThat(said())
        .contains("licence   GPL-2.0; AGPL-3.0", "  licence GPL-2.0", "  licence AGPL-3.0");
    makeTheCommand();
    assertThat(run("show", "next", "--json")).isZero();
    assertThat(new ObjectMapper().readTree(said()).at("/parts/control.x/licence").asText())
        .isEqualTo("GPL-2.0");
  }

  @Test
  void partsAreAddedToAPackThatStays() throws IOException {
    run("synthetic", "mine", "--part", "fusion.laff");
    run("synthetic", "source", "--part", "encoder.clip");
    String clip = folder.resolve("source/encoder.clip.safetensors").toString();
    assertThat(run("assemble", "mine", "--clip", clip))
        .isEqualTo(MaestroException.Kind.CONFIGURATION.exitCode());
    assertThat(run("assemble", "mine", "--add", "--clip", clip)).isZero();
    assertThat(run("assemble", "mine", "--add", "--clip", clip)).isZero();
    said();
    assertThat(run("show", "mine", "--json")).isZero();
    JsonNode shown = new ObjectMapper().readTree(said());
    assertThat(shown.path("parts").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("fusion.laff", "encoder.clip");
    assertThat(shown.path("untrained").asBoolean()).isTrue();
    assertThat(shown.path("origin")).hasSize(3);
    assertThat(run("verify", "mine")).isZero();
    assertThat(run("assemble", "new", "--add", "--clip", clip)).isZero();
  }

  @Test
  void aTableIsShownInPart() {
    new PackBuilder("long")
        .licence("none")
        .part("control.x", Map.of("composers", "satie ".repeat(200) + "last"))
        .writeTo(folder, false, Watcher.NONE);
    assertThat(run("show", "long")).isZero();
    assertThat(said())
        .contains("control.x", "satie", "(the whole with --json)")
        .doesNotContain("last");
  }

  @Test
  void senselessOrdersAreRefused() {
    int usage = MaestroException.Kind.USAGE.exitCode();
    assertThat(run("synthetic", "a/b")).isEqualTo(usage);
    assertThat(run("synthetic", "a", "--part", "nothing")).isEqualTo(usage);
    assertThat(run("synthetic", "a", "--conditioning", "NONE")).isEqualTo(usage);
    assertThat(run("assemble", "a")).isEqualTo(usage);
    assertThat(run("assemble", "a", "--head-rule", "FIXED(x)")).isEqualTo(usage);
    assertThat(run("assemble", "a", "--clip", folder.resolve("missing").toString()))
        .isEqualTo(MaestroException.Kind.INPUT.exitCode());
    assertThat(run("fetch", "missing")).isEqualTo(MaestroException.Kind.INPUT.exitCode());
    assertThat(folder.toFile().list()).isEmpty();
  }

  private int run(String... arguments) {
    return command.execute(arguments);
  }

  private String said() {
    String text = out.toString();
    out.getBuffer().setLength(0);
    return text;
  }
}
