package maestro.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadAgain() {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    tensors.put("latent", FloatTensor.of(new float[] {1, -2.5f, Float.MIN_VALUE, 4, 5, 6}, 2, 3));
    tensors.put("timestep", FloatTensor.of(new float[] {500}));
    tensors.put("nothing", FloatTensor.of(new float[0], 3, 0));
    NamedTensors written = new NamedTensors(tensors, Map.of("made by", "a test"));
    Path file = folder.resolve("x.safetensors");
    Safetensors.write(file, written);
    assertThat(Safetensors.read(file)).isEqualTo(written);
    assertThat(List.copyOf(Safetensors.read(file).tensors().keySet()))
        .isEqualTo(List.copyOf(tensors.keySet()));
  }

  @Test
  void sameInputGivesSameBytesAndNothingElseIsLeftBehind() throws IOException {
    NamedTensors tensors =
        new NamedTensors(
            Map.of("a", FloatTensor.of(new float[] {1}, 1)),
            Map.of("x", "1", "y", "2", "z", "3", "w", "4"));
    Path file = folder.resolve("a.safetensors");
    Safetensors.write(file, tensors);
    byte[] first = Files.readAllBytes(file);
    Safetensors.write(file, tensors);
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
    String json =
        "{\"__metadata__\":{\"w\":\"4\",\"x\":\"1\",\"y\":\"2\",\"z\":\"3\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    assertThat(new String(first, 8, first.length - 12, StandardCharsets.UTF_8).trim())
        .isEqualTo(json);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void weightsAreTheMappedBytesThemselves() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Safetensors.write(file, NamedTensors.of("a", FloatTensor.of(new float[] {1, 2, 3}, 3)));
    try (Checkpoint checkpoint = Safetensors.open(file)) {
      Weight weight = checkpoint.weight("a");
      assertThat(weight.data().isDirect()).isTrue();
      assertThat(weight.data().isReadOnly()).isTrue();
      assertThat(weight.data().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      assertThat(weight.fileOffset()).isEqualTo(Files.size(file) - 12);
      assertThat(weight.fileOffset() % 8).isZero();
      assertThat(weight.data().getFloat(8)).isEqualTo(3);
      assertThatThrownBy(() -> checkpoint.weight("b"))
          .hasMessage("a.safetensors: there is no tensor 'b'; use the file that has it");
    }
  }

  @Test
  void everyTypeBecomesFloats() throws IOException {
    ByteBuffer data =
        ByteBuffer.allocate(8 + 8 + 4 + 4 + 2 + 2 + 2 + 1 + 1 + 1).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(0.1)
        .putLong(-7)
        .putFloat(1.5f)
        .putInt(-9)
        .putShort((short) 0x3555)
        .putShort((short) 0xc0a0)
        .putShort((short) -3)
        .put((byte) -4)
        .put((byte) 200)
        .put((byte) 1);
    String header = "{";
    int at = 0;
    for (DataType type :
        List.of(
            DataType.F64,
            DataType.I64,
            DataType.F32,
            DataType.I32,
            DataType.F16,
            DataType.BF16,
            DataType.I16,
            DataType.I8,
            DataType.U8,
            DataType.BOOL)) {
      header +=
          "\""
              + type
              + "\":{\"dtype\":\""
              + type
              + "\",\"shape\":[],\"data_offsets\":["
              + at
              + ","
              + (at + type.bytes())
              + "]},";
      at += type.bytes();
    }
    Path file = file(header.substring(0, header.length() - 1) + "}", data.array());
    NamedTensors read = Safetensors.read(file);
    float[] values = new float[10];
    int i = 0;
    for (FloatTensor tensor : read.tensors().values()) {
      values[i++] = tensor.values()[0];
    }
    assertThat(values).containsExactly(0.1f, -7, 1.5f, -9, 0.33325195f, -5, -3, -4, 200, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "8000,-0.0",
    "3c00,1",
    "c000,-2",
    "7bff,65504",
    "0001,5.9604645e-8",
    "03ff,6.097555e-5",
    "0400,6.1035156e-5",
    "7c00,Infinity",
    "fc00,-Infinity"
  })
  void halvesAreExact(String bits, float value) {
    assertThat(DataType.halfToFloat((short) Integer.parseInt(bits, 16))).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{",
        "{}x",
        "nonsense",
        "{\"a\":1}",
        "{\"__metadata__\":{\"a\":{}}}",
        "{\"__metadata__\":[1]}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"Q4\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,9223372036854775807]}}",
      })
  void aHostileHeaderIsRefused(String header) throws IOException {
    assertRefused(file(header, new byte[4]));
  }

  @Test
  void aFileThatIsNoneIsRefused() throws IOException {
    assertRefused(folder);
    assertRefused(folder.resolve("missing"));
    for (byte[] bytes :
        List.of(new byte[0], new byte[9], new byte[100], "PK a zip file".getBytes())) {
      assertRefused(Files.write(folder.resolve("x"), bytes));
    }
    byte[] long64 = new byte[64];
    ByteBuffer.wrap(long64).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE);
    assertRefused(Files.write(folder.resolve("x"), long64));
    assertRefused(file("{\"a\":\"\u00e9\"}", new byte[0], StandardCharsets.ISO_8859_1));
  }

  /** The file is sparse: it takes no room on the disk. */
  @Test
  void filesAboveTwoGibibytesAreMappedInPieces() throws IOException {
    long piece = 1_400_000_000;
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[350000000],\"data_offsets\":[0,1400000000]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[350000000],\"data_offsets\":[1400000000,2800000000]}}";
    Path file = file(header, new byte[0]);
    long start = Files.size(file);
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(start + 2 * piece);
      large.seek(start + 2 * piece - 4);
      large.write(new byte[] {0, 0, (byte) 0x80, 0x3f});
    }
    try (Checkpoint checkpoint = Safetensors.open(file)) {
      assertThat(checkpoint.weight("b").fileOffset()).isEqualTo(start + piece);
      assertThat(checkpoint.weight("b").data().getFloat((int) piece - 4)).isEqualTo(1);
      assertThat(checkpoint.weight("a").data().getFloat((int) piece - 4)).isZero();
    }
  }

  @Test
  void namesGivenTwiceAreTheCallersFault() {
    Weight one = Weight.of("a", FloatTensor.of(new float[1], 1));
    assertThatThrownBy(() -> Safetensors.write(folder.resolve("x"), List.of(one, one), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a'");
  }

  private void assertRefused(Path file) {
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT));
  }

  private Path file(String header, byte[] data) throws IOException {
    return file(header, data, StandardCharsets.UTF_8);
  }

  private Path file(String header, byte[] data, java.nio.charset.Charset charset)
      throws IOException {
    byte[] text = header.getBytes(charset);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text).put(data);
    return Files.write(folder.resolve("made.safetensors"), bytes.array());
  }
}
