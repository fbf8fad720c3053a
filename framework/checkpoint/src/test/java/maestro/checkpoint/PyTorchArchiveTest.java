package maestro.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import maestro.api.MaestroException;
import maestro.api.tensor.FloatTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code .pt} files beside this class were written by PyTorch 2.13. */
class PyTorchArchiveTest {
  private static final FloatTensor PAIR = FloatTensor.of(new float[] {1, 2}, 2);

  @TempDir Path folder;

  @Test
  void everyTypeAndLayoutOfATrainingCheckpoint() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(resource("checkpoint.pt"))) {
      assertThat(checkpoint.weights()).hasSize(16);
      assertThat(checkpoint.metadata())
          .containsEntry("epoch", "3")
          .containsEntry("name", "a fixture");
      float[] row = floats(24, i -> i);
      assertTensor(checkpoint, "plain", row, 4, 6);
      float[] columns = floats(24, i -> i % 4 * 6 + i / 4);
      assertTensor(checkpoint, "transposed", columns, 6, 4);
      assertTensor(checkpoint, "slice", new float[] {5, 6, 7, 8}, 4);
      assertTensor(checkpoint, "every_third", new float[] {1, 4, 7, 10, 13, 16, 19, 22}, 8);
      assertTensor(checkpoint, "expanded", new float[] {1, 2, 3, 1, 2, 3}, 2, 3);
      assertTensor(checkpoint, "half", new float[] {1.5f, -2, 65504}, 3);
      assertTensor(checkpoint, "bfloat", new float[] {1.5f, -2, 3}, 3);
      assertTensor(checkpoint, "double", new float[] {.1f, -.2f}, 2);
      assertTensor(checkpoint, "scalar", new float[] {7});
      assertTensor(checkpoint, "bool", new float[] {1, 0}, 2);
      assertTensor(checkpoint, "char", new float[] {1, -2}, 2);
      assertTensor(checkpoint, "short", new float[] {1, -2}, 2);
      assertTensor(checkpoint, "int", new float[] {1, -2}, 2);
      assertTensor(checkpoint, "byte", new float[] {1, 200}, 2);
      assertTensor(checkpoint, "parameter", new float[] {1, 2, 3, 4}, 2, 2);
      assertTensor(checkpoint, "empty", new float[0], 0, 3);
      assertThat(checkpoint.weight("half").dataType()).isEqualTo(DataType.F16);
      assertThat(checkpoint.weight("plain").file()).isEqualTo(checkpoint.file());
      assertThat(checkpoint.weight("transposed").file()).isNull();
    }
  }

  @Test
  void torchScriptArchivesGiveTheirParametersByPath() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(resource("script.pt"))) {
      assertThat(checkpoint.weights())
          .containsOnlyKeys(
              "visual.proj", "visual.conv1.weight", "input_resolution", "logit_scale");
      assertTensor(checkpoint, "visual.proj", new float[] {0, 1, 2, 3, 4, 5}, 3, 2);
      assertTensor(
          checkpoint,
          "visual.conv1.weight",
          new float[] {0, .125f, .25f, .375f, .5f, .625f, .75f, .875f},
          2,
          1,
          2,
          2);
      assertTensor(checkpoint, "input_resolution", new float[] {224});
      assertTensor(checkpoint, "logit_scale", new float[] {4.5f});
    }
  }

  /**
   * The layout of OpenAI's ViT-B-32.pt: modules within modules under mangled class names, saved on
   * a GPU in half precision, code and constants beside them.
   */
  @Test
  void openAisOwnArchiveGivesItsTowerAndRunsNoneOfItsCode() throws IOException {
    String mangled = "__torch__.multimodal.model.multimodal_transformer.___torch_mangle_9547";
    byte[] code = "import os\nos.system('touch ran')\n".getBytes(StandardCharsets.UTF_8);
    // proj is a slice of a storage that conv1 shares; 0x3c00 is 1, 0x4000 is 2, 0xc000 is -2.
    byte[] halves = {0, 0x3c, 0, 0x40, 0, (byte) 0xc0, 0, 0x3c};
    ArchiveBuilder builder =
        new ArchiveBuilder()
            .entry("data/0", halves)
            .device("cuda:0")
            .global(mangled, "Multimodal")
            .raw(')', 0x81, '}', '(')
            .text("training")
            .raw(0x89)
            .text("_is_full_backward_hook")
            .raw('N')
            .text("visual")
            .global(mangled.replace("9547", "9545"), "VisualTransformer")
            .raw(')', 0x81, '}', '(')
            .text("proj")
            .tensor("0", "HalfStorage", 4, 2, new long[] {1, 2}, new long[] {2, 1})
            .text("conv1")
            .global("__torch__.torch.nn.modules.conv.___torch_mangle_9477", "Conv2d")
            .raw(')', 0x81, '}')
            .text("weight")
            .tensor("0", "HalfStorage", 4, 0, new long[] {2, 1, 1, 1}, new long[] {1, 1, 1, 1})
            .raw('s', 'b', 'u', 'b')
            .text("logit_scale")
            .tensor(FloatTensor.of(new float[] {4.5f}))
            .raw('u', 'b', '.')
            .entry("constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'})
            .entry("constants/0", new byte[] {0, 0, 0, 0})
            .entry("code/__torch__/multimodal/model/multimodal_transformer.py", code)
            .entry("version", new byte[] {'3', '\n'});
    try (Checkpoint checkpoint = Checkpoint.open(builder.write(folder.resolve("ViT-B-32.pt")))) {
      assertThat(checkpoint.weights())
          .containsOnlyKeys("visual.proj", "visual.conv1.weight", "logit_scale");
      assertTensor(checkpoint, "visual.proj", new float[] {-2, 1}, 1, 2);
      assertTensor(checkpoint, "visual.conv1.weight", new float[] {1, 2}, 2, 1, 1, 1);
      assertTensor(checkpoint, "logit_scale", new float[] {4.5f});
      assertThat(ClipNames.toOpenAi(checkpoint.weights()))
          .containsOnlyKeys("visual.proj", "visual.conv1.weight");
    }
  }

  /** Only an archive of TorchScript has classes of its own. */
  @Test
  void classesOfTorchScriptInAnOrdinaryArchiveAreRefused() throws IOException {
    Path file =
        new ArchiveBuilder()
            .global("__torch__.model", "Net")
            .raw(')', 0x81, '}', 'b', '.')
            .write(folder.resolve("x.pt"));
    assertThatThrownBy(() -> Checkpoint.open(file))
        .hasMessageContaining("it mentions '__torch__.model.Net', which is no part of");
  }

  /** A container takes sixty times the byte that makes it. */
  @Test
  void moreInstructionsThanAnyFileOfWeightsHasAreRefused() throws IOException {
    int[] dictionaries = new int[PickleReader.MOST_INSTRUCTIONS + 1];
    Arrays.fill(dictionaries, '}');
    Path file = new ArchiveBuilder().raw(dictionaries).write(folder.resolve("bomb.pt"));
    assertRefused(file, "it has more than 2000000 instructions");
  }

  @Test
  void filesThatHoldCodeInsteadOfTensorsSayWhatToDo() throws IOException {
    Path legacy = resource("legacy.pt");
    assertThatThrownBy(() -> Checkpoint.open(legacy))
        .hasMessage(
            "legacy.pt: this is a bare pickle or a PyTorch file older than version 1.6, which Maestro does not read;"
                + " load it in a trusted Python and save its state_dict with torch.save or as safetensors");
    Path module = resource("module.pt");
    assertThatThrownBy(() -> Checkpoint.open(module))
        .hasMessageContaining("it mentions '__main__.Clip', which is no part of a file of weights");
    Path object =
        new ArchiveBuilder()
            .global("torch.nn.modules.linear", "Linear")
            .raw(')', 0x81, '}', 'b', '.')
            .write(folder.resolve("object.pt"));
    assertThatThrownBy(() -> Checkpoint.open(object)).hasMessageContaining("save its state_dict()");
  }

  @Test
  void whatStandsBesideTheTensorsIsKeptInert() throws IOException {
    Path file =
        new ArchiveBuilder()
            .raw('}', '(')
            .text("state_dict")
            .raw('}')
            .text("w")
            .tensor(PAIR)
            .raw('s')
            .text("callbacks")
            .raw('}')
            .global("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint")
            .raw('}')
            .text("best")
            .integer(3)
            .raw('s', 's')
            .raw('u', '.')
            .write(folder.resolve("x.ckpt"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.weights()).containsOnlyKeys("w");
    }
  }

  @Test
  void packedArchivesAreUnpacked() throws IOException {
    float[] values = floats(500, Math::sin);
    Path file =
        ArchiveBuilder.stateDict(Map.of("w", FloatTensor.of(values, 20, 25)))
            .deflated()
            .write(folder.resolve("x.pt"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertTensor(checkpoint, "w", values, 20, 25);
    }
  }

  @Test
  void aPackedBombIsNotUnpacked() throws IOException {
    Path file =
        ArchiveBuilder.stateDict(Map.of("w", FloatTensor.of(new float[1 << 20], 1 << 20)))
            .deflated()
            .write(folder.resolve("x.pt"));
    assertRefused(file, "claims more bytes than the file has");
  }

  @ParameterizedTest
  @CsvSource({
    "os,system",
    "posix,system",
    "builtins,eval",
    "__builtin__,getattr",
    "subprocess,Popen",
    "torchvision,x",
    "torch_extra,x",
    "__torch__,M"
  })
  void namesThatAreNoPartOfWeightsAreRefused(String module, String name) throws IOException {
    Path file =
        new ArchiveBuilder()
            .global(module, name)
            .text("touch x")
            .raw(0x85, 'R', '.')
            .write(folder.resolve("x.pt"));
    assertRefused(file, "which is no part of a file of weights");
  }

  @Test
  void tensorsOutsideTheirNumbersAreRefused() throws IOException {
    assertTensorRefused("reaches outside", "0", 2, 1, new long[] {2}, new long[] {1});
    assertTensorRefused("reaches outside", "0", 2, -1, new long[] {2}, new long[] {1});
    assertTensorRefused("reaches outside", "0", 2, 0, new long[] {2}, new long[] {2});
    assertTensorRefused("is cut off", "0", 3, 0, new long[] {3}, new long[] {1});
    assertTensorRefused("is cut off", "0", Long.MAX_VALUE, 0, new long[] {3}, new long[] {1});
    assertTensorRefused("impossible shape", "0", 2, 0, new long[] {-2}, new long[] {1});
    assertTensorRefused("impossible shape", "0", 2, 0, new long[] {2}, new long[] {-1});
    assertTensorRefused("impossible shape", "0", 2, 0, new long[] {2}, new long[] {1, 1});
    assertTensorRefused("impossible shape", "0", 2, 0, new long[] {1L << 62, 4}, new long[] {0, 0});
    assertTensorRefused(
        "impossible shape", "0", 2, 0, new long[] {3, 2}, new long[] {Long.MAX_VALUE, 1});
    assertTensorRefused("larger than the file", "0", 2, 0, new long[] {1L << 40}, new long[] {0});
    assertTensorRefused("no numbers", "1", 2, 0, new long[] {2}, new long[] {1});
    assertTensorRefused("no numbers", "../data/0", 2, 0, new long[] {2}, new long[] {1});
  }

  @Test
  void aSmallFileThatDescribesAHugeTreeIsRefused() throws IOException {
    ArchiveBuilder builder = new ArchiveBuilder().raw('}').text("w").tensor(PAIR).raw('s', 'q', 0);
    for (int level = 1; level < 60; level++) {
      builder
          .raw('}', '(')
          .text("a")
          .raw('h', level - 1)
          .text("b")
          .raw('h', level - 1, 'u', 'q', level);
    }
    assertRefused(builder.raw('.').write(folder.resolve("x.pt")), "more names than it has bytes");
  }

  @Test
  void aTreeInsideItselfIsRefused() throws IOException {
    Path file =
        new ArchiveBuilder()
            .raw('}', 'q', 0)
            .text("a")
            .raw('h', 0, 's', '.')
            .write(folder.resolve("x.pt"));
    assertRefused(file, "nested deeper");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "}.",
        "N.",
        "a",
        "e",
        "(",
        "(u.",
        "t",
        "R",
        "b",
        "s",
        "Q",
        "h\0.",
        "q\0",
        "X\0\0\0\0",
        "Xaaaa",
        "X\0\0\0\u0080",
        "\u008d\0\0\0\0\0\0\0\u0080",
        "cos\nsystem",
        "P0\n.",
        "I1\n.",
        "))R.",
        "]]b.",
        "(NNN}u.",
        "\u0093."
      })
  void damagedPicklesAreRefused(String pickle) throws IOException {
    Path file = new ArchiveBuilder().raw(pickle.chars().toArray()).write(folder.resolve("x.pt"));
    assertRefused(file, "");
  }

  @Test
  void otherZipFilesAreRefused() throws IOException {
    byte[] whole = ArchiveBuilder.stateDict(Map.of("w", PAIR)).toBytes();
    for (int length : new int[] {4, 30, 100, whole.length - 1}) {
      assertRefused(Files.write(folder.resolve("x.pt"), Arrays.copyOf(whole, length)), "");
    }
    Path bigEndian =
        ArchiveBuilder.stateDict(Map.of("w", PAIR))
            .entry("byteorder", "big".getBytes())
            .write(folder.resolve("x.pt"));
    assertRefused(bigEndian, "big-endian");
    Path two =
        ArchiveBuilder.stateDict(Map.of("w", PAIR))
            .entry("../other/data.pkl", new byte[1])
            .write(folder.resolve("x.pt"));
    try (Checkpoint checkpoint = Checkpoint.open(two)) {
      assertThat(checkpoint.weights()).containsOnlyKeys("w");
    }
  }

  /** With more than 65,535 entries the directory is a 64-bit one, as in files above 4 GiB. */
  @Test
  void sixtyFourBitDirectoriesAreRead() throws IOException {
    ArchiveBuilder builder = ArchiveBuilder.stateDict(Map.of("w", PAIR));
    for (int i = 0; i < 66_000; i++) {
      builder.entry("more/" + i, new byte[0]);
    }
    Path file = builder.write(folder.resolve("x.pt"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertTensor(checkpoint, "w", new float[] {1, 2}, 2);
    }
  }

  @Test
  void namesKeepTheOrderOfTheFile() throws IOException {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    for (String name : new String[] {"z", "a", "m"}) {
      tensors.put(name, PAIR);
    }
    Path file = ArchiveBuilder.stateDict(tensors).write(folder.resolve("x.pt"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.weights().keySet()).containsExactly("z", "a", "m");
    }
  }

  private void assertTensorRefused(
      String why, String key, long elements, long offset, long[] shape, long[] strides)
      throws IOException {
    Path file =
        new ArchiveBuilder()
            .raw('}')
            .text("w")
            .tensor(key, "FloatStorage", elements, offset, shape, strides)
            .raw('s', '.')
            .entry("data/0", new byte[8])
            .write(folder.resolve("x.pt"));
    assertRefused(file, why);
  }

  private static void assertRefused(Path file, String why) {
    assertThatThrownBy(() -> Checkpoint.open(file).close())
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT))
        .hasMessageContaining(why);
  }

  private static void assertTensor(
      Checkpoint checkpoint, String name, float[] values, long... shape) {
    assertThat(checkpoint.weight(name).toTensor())
        .as(name)
        .isEqualTo(FloatTensor.of(values, shape));
  }

  private static float[] floats(int length, IntToDoubleFunction rule) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) rule.applyAsDouble(i);
    }
    return values;
  }

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = PyTorchArchiveTest.class.getResourceAsStream(name)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }
}
