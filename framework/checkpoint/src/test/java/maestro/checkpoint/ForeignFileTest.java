package maestro.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ForeignFileTest {
  @TempDir Path folder;

  static Stream<Arguments> whatDownloadsLeave() throws IOException {
    byte[] tar = new byte[1024];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    tar[0] = 'a';
    ByteArrayOutputStream gz = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gz)) {
      out.write(new byte[5000]);
    }
    return Stream.of(
        Arguments.of(new byte[0], "the file is empty; download the file itself again"),
        Arguments.of(new byte[4096], "begins with nothing but zeros"),
        Arguments.of(
            text(
                "version https://git-lfs.github.com/spec/v1\noid sha256:40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af\nsize 353976522\n"),
            "this is a Git LFS pointer, not the file itself, which has 353976522 bytes; run 'git lfs pull'"),
        Arguments.of(text("../.git/annex/objects/xx/SHA256E-s1--x.pt"), "git-annex pointer"),
        Arguments.of(
            text("\n<!DOCTYPE html>\n<html><body>Sign in</body></html>"), "this is an HTML page"),
        Arguments.of(text("\ufeff<html><head></head></html>"), "this is an HTML page"),
        Arguments.of(text("<?xml version='1.0'?><Error>AccessDenied</Error>"), "an XML document"),
        Arguments.of(text("{\"error\": \"Repository not found\"}"), "this is JSON text"),
        Arguments.of(
            text("{\"weight_map\": {\"a\": \"b.safetensors\"}}"),
            "in several files; give its folder"),
        Arguments.of(text("Entry not found"), "text that begins 'Entry not found'"),
        Arguments.of(gz.toByteArray(), "this is a gzip archive; unpack it"),
        Arguments.of(tar, "this is a tar archive; unpack it"),
        Arguments.of(zip(), "a zip archive with nothing in it"),
        Arguments.of(
            zip("readme.txt", "weights/model.safetensors"),
            "no data.pkl but 2 files ('readme.txt', 'weights/model.safetensors'); unpack it"),
        Arguments.of(zip("a.npy", "b.npy"), "save these arrays of NumPy as safetensors"),
        Arguments.of(text("GGUF\0\0\0\3\0\0\0\0\0\0"), "a GGUF file of llama.cpp; convert it"),
        Arguments.of(
            "\u0089HDF\r\n\u001a\n00000000".getBytes(StandardCharsets.ISO_8859_1), "HDF5 file"),
        Arguments.of(text("%PDF-1.7 and more"), "a PDF document"),
        Arguments.of(new byte[] {1, 2, 3}, "eight bytes of length and a header in JSON"));
  }

  @ParameterizedTest
  @MethodSource
  void whatDownloadsLeave(byte[] content, String said) throws IOException {
    Path file = Files.write(folder.resolve("model.pt"), content);
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("model.pt: ")
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @MethodSource("fewBits")
  void numbersOfFewBitsAreNamedWithWhatToTakeInstead(String type) throws IOException {
    byte[] header =
        text("{\"a.weight\":{\"dtype\":\"" + type + "\",\"shape\":[4],\"data_offsets\":[0,4]}}");
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    Path file = Files.write(folder.resolve("model.safetensors"), bytes.array());
    assertThatThrownBy(() -> Checkpoint.open(file))
        .hasMessageContaining("tensor 'a.weight' holds numbers of few bits (" + type + ")")
        .hasMessageContaining("take the file in half or single precision");
  }

  static Stream<String> fewBits() {
    return Stream.of("F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "F6_E2M3");
  }

  /** As torch.save writes them: untyped bytes, and the type beside the shape. */
  @Test
  void numbersOfFewBitsInAPyTorchFileAreNamedToo() throws IOException {
    ArchiveBuilder builder =
        new ArchiveBuilder()
            .raw('}')
            .text("a.weight")
            .global("torch._utils", "_rebuild_tensor_v3")
            .raw('(', '(')
            .text("storage")
            .global("torch.storage", "UntypedStorage")
            .text("0")
            .text("cpu")
            .integer(4)
            .raw('t', 'Q')
            .integer(0)
            .raw('(')
            .integer(4)
            .raw('t', '(')
            .integer(1)
            .raw('t', 0x89, 'N')
            .global("torch", "float8_e4m3fn")
            .raw('t', 'R', 's', '.')
            .entry("data/0", new byte[4]);
    Path file = builder.write(folder.resolve("model.pt"));
    assertThatThrownBy(() -> Checkpoint.open(file))
        .hasMessage(
            "model.pt: it has tensors of the type 'torch.float8_e4m3fn', which is not read; "
                + CheckpointException.WIDER);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(1);
      }
    }
    return bytes.toByteArray();
  }
}
