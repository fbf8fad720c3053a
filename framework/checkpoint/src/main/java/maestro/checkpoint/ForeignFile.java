package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files that hold no weights, or hold them in a form that is not read, told by their first bytes:
 * what downloads that went wrong leave, packed files, and the formats of other tools.
 */
final class ForeignFile {
  private static final int LOOKED_AT = 1024;

  private static final String DOWNLOAD = "download the file itself";
  private static final String UNPACK = "unpack it and give the file of weights in it";
  private static final String CONVERT =
      "convert it to safetensors, or take the file in that form where it is published";
  private static final String OTHER = "give the file of weights";

  private static final Pattern LFS = Pattern.compile("version https?://\\S*git-lfs[\\s\\S]*");
  private static final Pattern LFS_SIZE = Pattern.compile("\\nsize (\\d{1,18})\\s");

  /** Bytes at a place, what they begin, and what to do about it. */
  private record Magic(int at, String bytes, String what, String next) {}

  /** Bytes beyond ASCII are written as their code in ISO 8859-1. */
  private static final List<Magic> MAGICS =
      List.of(
          new Magic(0, "\u001f\u008b", "a gzip archive", UNPACK),
          new Magic(0, "BZh", "a bzip2 archive", UNPACK),
          new Magic(0, "\u00fd7zXZ\u0000", "an xz archive", UNPACK),
          new Magic(0, "\u0028\u00b5\u002f\u00fd", "a Zstandard archive", UNPACK),
          new Magic(0, "\u0004\"M\u0018", "an LZ4 archive", UNPACK),
          new Magic(0, "7z\u00bc\u00af'\u001c", "a 7z archive", UNPACK),
          new Magic(0, "Rar!\u001a", "a RAR archive", UNPACK),
          new Magic(257, "ustar", "a tar archive", UNPACK),
          new Magic(0, "PK\u0005\u0006", "a zip archive with nothing in it", DOWNLOAD + " again"),
          new Magic(
              0, "PK\u0003\u0004", "a zip archive or a PyTorch file, no safetensors", CONVERT),
          new Magic(0, "\u0089HDF\r\n", "an HDF5 file, such as Keras writes", CONVERT),
          new Magic(0, "\u0093NUMPY", "an array of NumPy", CONVERT),
          new Magic(0, "GGUF", "a GGUF file of llama.cpp", CONVERT),
          new Magic(0, "ggjt", "a GGML file of llama.cpp", CONVERT),
          new Magic(4, "TFL3", "a TensorFlow Lite model", CONVERT),
          new Magic(0, "\u0080\u0002", "a bare pickle", CONVERT),
          new Magic(0, "\u0080\u0003", "a bare pickle", CONVERT),
          new Magic(0, "\u0080\u0004", "a bare pickle", CONVERT),
          new Magic(0, "%PDF", "a PDF document", OTHER),
          new Magic(0, "\u0089PNG", "a PNG picture", OTHER),
          new Magic(0, "\u00ff\u00d8\u00ff", "a JPEG picture", OTHER),
          new Magic(0, "GIF8", "a GIF picture", OTHER),
          new Magic(0, "RIFF", "a RIFF file, such as a WAV sound", OTHER),
          new Magic(0, "fLaC", "a FLAC sound", OTHER),
          new Magic(0, "OggS", "an Ogg file", OTHER),
          new Magic(0, "ID3", "an MP3 sound", OTHER),
          new Magic(4, "ftyp", "an MP4 film or sound", OTHER),
          new Magic(0, "\u001aE\u00df\u00a3", "a Matroska film", OTHER),
          new Magic(0, "\u007fELF", "a program", OTHER),
          new Magic(0, "SQLite format 3", "an SQLite database", OTHER));

  private ForeignFile() {}

  /** The refusal of a file that is known not to be safetensors; empty when it is not recognised. */
  static Optional<CheckpointException> recognise(MappedFile file) {
    ByteBuffer start = file.copy(0, (int) Math.min(LOOKED_AT, file.size()));
    String text = StandardCharsets.ISO_8859_1.decode(start).toString();
    if (text.isEmpty()) {
      return refused(file, "the file is empty", DOWNLOAD + " again");
    }
    if (text.chars().allMatch(c -> c == 0)) {
      return refused(
          file, "it begins with nothing but zeros, so it never arrived", DOWNLOAD + " again");
    }
    return MAGICS.stream()
        .filter(magic -> text.startsWith(magic.bytes(), magic.at()))
        .findFirst()
        .map(magic -> refused(file, "this is " + magic.what(), magic.next()))
        .orElseGet(() -> text(file, text));
  }

  private static Optional<CheckpointException> text(MappedFile file, String start) {
    String text = start.replaceFirst("^\u00ef\u00bb\u00bf", "").strip();
    String lower = text.toLowerCase(Locale.ROOT);
    if (LFS.matcher(text).matches()) {
      Matcher size = LFS_SIZE.matcher(start);
      return refused(
          file,
          "this is a Git LFS pointer, not the file itself"
              + (size.find() ? ", which has " + size.group(1) + " bytes" : ""),
          "run 'git lfs pull' where it was cloned, or " + DOWNLOAD);
    }
    if (text.contains("/annex/objects/")) {
      return refused(
          file,
          "this is a git-annex pointer, not the file itself",
          "run 'git annex get' where it was cloned, or " + DOWNLOAD);
    }
    if (lower.startsWith("<!doctype html")
        || lower.startsWith("<html")
        || lower.startsWith("<!--")
        || lower.startsWith("<") && (lower.contains("<html") || lower.contains("<body"))) {
      return refused(
          file,
          "this is an HTML page, such as a site sends that wants a login or shows the file",
          "open its address in a browser and " + DOWNLOAD);
    }
    if (text.startsWith("<")) {
      return refused(
          file, "this is an XML document, such as a server sends in place of a file", DOWNLOAD);
    }
    if (text.startsWith("{") || text.startsWith("[")) {
      return refused(
          file,
          text.contains("\"weight_map\"")
              ? "this is the index of a checkpoint in several files"
              : "this is JSON text, such as a configuration or a server's answer",
          text.contains("\"weight_map\"") ? "give its folder" : DOWNLOAD);
    }
    boolean printable =
        start.chars().allMatch(c -> c >= ' ' && c < 127 || c == '\n' || c == '\r' || c == '\t');
    return printable
        ? refused(
            file,
            "this is text that begins "
                + CheckpointException.quote(text.substring(0, Math.min(60, text.length()))),
            DOWNLOAD)
        : Optional.empty();
  }

  private static Optional<CheckpointException> refused(MappedFile file, String cause, String next) {
    return Optional.of(
        new CheckpointException(CheckpointException.label(file.file()), cause, next));
  }
}
