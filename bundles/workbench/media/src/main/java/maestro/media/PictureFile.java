package maestro.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Files of pictures, told by their first bytes; they are no films. */
final class PictureFile {
  private static final int HEAD = 12;

  /** What a file begins with, one character a byte, {@code ?} for any. */
  private static final Map<String, String> BEGINNINGS =
      Map.of(
          "\u0089PNG\r\n", "PNG",
          "\u00ff\u00d8\u00ff", "JPEG",
          "BM????\0\0\0\0", "BMP",
          "RIFF????WEBP", "WebP",
          "II*\0", "TIFF",
          "MM\0*", "TIFF",
          "????ftypheic", "HEIC",
          "????ftypavif", "AVIF");

  private PictureFile() {}

  /** The format of a file that is a picture; empty for any other. */
  static Optional<String> format(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String head = new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1);
      return BEGINNINGS.entrySet().stream()
          .filter(entry -> begins(head, entry.getKey()))
          .map(Map.Entry::getValue)
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean begins(String head, String beginning) {
    for (int i = 0; i < beginning.length(); i++) {
      char expected = beginning.charAt(i);
      if (i >= head.length() || expected != '?' && expected != head.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
