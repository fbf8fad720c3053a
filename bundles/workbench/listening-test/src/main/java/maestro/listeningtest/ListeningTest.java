package maestro.listeningtest;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.files.Json;
import maestro.files.Sha256;

/**
 * A listening test as one page that works without a network (paper, section 4.2: 20 raters, 5
 * pieces of each of 6 methods, 1 to 5 on quality, clarity and absence of delay).
 *
 * <p>The page knows the pieces by opaque ids alone; which method made which piece stands in the
 * key, which stays with the organiser. Each rater gets an order of their own.
 */
final class ListeningTest {
  /** Together the pieces must stay below what a browser opens without trouble. */
  private static final long LARGEST_PAGE = 512L << 20;

  private static final Map<String, String> TYPES =
      Map.of(
          "wav", "audio/wav",
          "ogg", "audio/ogg",
          "mp3", "audio/mpeg",
          "flac", "audio/flac",
          "m4a", "audio/mp4",
          "mp4", "video/mp4",
          "m4v", "video/mp4",
          "webm", "video/webm");

  private static final ObjectMapper JSON = Json.PLAIN;

  private ListeningTest() {}

  /** One piece as the key knows it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Piece(String method, String file, boolean anchor) {}

  /** Which piece is which: by opaque id. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Key(String test, String title, Map<String, Piece> pieces) {}

  /** A finished test: what goes to the raters, and what does not. */
  record Prepared(String page, Key key) {}

  /**
   * Makes page and key.
   *
   * @param title what the raters read on top
   * @param methods folder of pieces of each method; the same file names are taken from all, so that
   *     raters compare the same films
   * @param anchors methods that mark the ends of the scale (real music, noise); reported apart
   * @param perMethod pieces of each method
   * @param seed decides which pieces are taken and their opaque ids
   * @throws MaestroException of kind INPUT when the folders do not share enough pieces
   */
  static Prepared prepare(
      String title,
      Map<String, Path> methods,
      Map<String, Path> anchors,
      int perMethod,
      long seed) {
    Map<String, Path> all = new LinkedHashMap<>(methods);
    all.putAll(anchors);
    Map<String, Map<String, Path>> found = new LinkedHashMap<>();
    all.forEach((method, folder) -> found.put(method, pieces(folder)));
    TreeSet<String> shared = new TreeSet<>(found.values().iterator().next().keySet());
    found.values().forEach(pieces -> shared.retainAll(pieces.keySet()));
    if (shared.size() < perMethod) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "mos prepare",
          "the folders share "
              + shared.size()
              + " pieces of the same name, "
              + perMethod
              + " are wanted",
          "name the pieces alike in all folders, or ask for fewer with --pieces");
    }
    List<String> chosen =
        shared.stream()
            .sorted(java.util.Comparator.comparing(name -> Sha256.of(seed + " " + name)))
            .limit(perMethod)
            .toList();
    String test =
        Sha256.of(seed + " " + title + " " + all.keySet() + " " + chosen).substring(0, 12);
    Map<String, Piece> key = new TreeMap<>();
    List<Map<String, String>> items = new ArrayList<>();
    long size = 0;
    for (Map.Entry<String, Map<String, Path>> method : found.entrySet()) {
      for (String name : chosen) {
        Path file = method.getValue().get(name);
        String id =
            Sha256.of(test + " " + seed + " " + method.getKey() + " " + name).substring(0, 16);
        key.put(
            id,
            new Piece(
                method.getKey(),
                file.getFileName().toString(),
                anchors.containsKey(method.getKey())));
        size += size(file);
        if (size > LARGEST_PAGE) {
          throw new MaestroException(
              MaestroException.Kind.INPUT,
              "mos prepare",
              "the pieces are larger than " + (LARGEST_PAGE >> 20) + " MiB together",
              "ask for fewer with --pieces, or use compressed files");
        }
        items.add(Map.of("id", id, "type", type(file), "data", data(file)));
      }
    }
    items.sort(java.util.Comparator.comparing(item -> item.get("id")));
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("id", test);
    content.put("title", title);
    content.put("items", items);
    return new Prepared(page(content), new Key(test, title, key));
  }

  private static String page(Map<String, Object> content) {
    try (InputStream template = ListeningTest.class.getResourceAsStream("page.html")) {
      // "</" would end the script element the data stands in.
      String data = JSON.writeValueAsString(content).replace("</", "<\\/");
      return new String(template.readAllBytes(), StandardCharsets.UTF_8).replace("/*TEST*/", data);
    } catch (IOException e) {
      throw new IllegalStateException("mos: the page's template cannot be read", e);
    }
  }

  /** Reads a key. */
  static Key key(Path file) {
    try {
      Key key = JSON.readValue(file.toFile(), Key.class);
      if (key.test() == null || key.pieces() == null) {
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            file.toString(),
            "it is not the key of a listening test",
            "give the key that 'maestro mos prepare' wrote");
      }
      return key;
    } catch (JsonProcessingException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "it is not the key of a listening test",
          "give the key that 'maestro mos prepare' wrote",
          e);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "it cannot be read",
          "give the key that 'maestro mos prepare' wrote",
          e);
    }
  }

  /** Pieces of a folder by name without suffix. */
  private static Map<String, Path> pieces(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Map<String, Path> pieces = new TreeMap<>();
      files
          .filter(Files::isRegularFile)
          .filter(file -> TYPES.containsKey(suffix(file)))
          .sorted()
          .forEach(
              file -> {
                String name = file.getFileName().toString();
                pieces.put(name.substring(0, name.lastIndexOf('.')), file);
              });
      return pieces;
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          folder.toString(),
          "there is no such folder",
          "give a folder of WAV or MP4 files",
          e);
    }
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static String type(Path file) {
    return TYPES.get(suffix(file));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static String data(Path file) {
    try {
      return "data:"
          + type(file)
          + ";base64,"
          + Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static MaestroException unreadable(Path file, IOException e) {
    return new MaestroException(
        MaestroException.Kind.INPUT, file.toString(), "it cannot be read", "check the file", e);
  }
}
