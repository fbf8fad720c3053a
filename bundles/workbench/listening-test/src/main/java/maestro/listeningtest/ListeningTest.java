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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.files.Json;
import maestro.files.Sha256;
import maestro.files.names.Printable;

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

  private static final Set<String> TYPES =
      Set.of(
          "wav", "ogg", "oga", "opus", "mp3", "flac", "m4a", "aac", "mp4", "m4v", "mov", "mkv",
          "webm");

  /** Below a method's folder an experiment has one for each class of style. */
  private static final int DEPTH = 8;

  private static final ObjectMapper JSON = Json.STRICT;

  private ListeningTest() {}

  /** One piece as the key knows it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Piece(String method, String file, boolean anchor) {}

  /** Which piece is which: by opaque id. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Key(String test, String title, Map<String, Piece> pieces) {}

  /** A finished test: what goes to the raters, and what does not. */
  record Prepared(String page, Key key, AlikePieces.Alike pieces) {}

  /**
   * Makes page and key.
   *
   * @param alike brings the pieces to one rate, number of channels, length and loudness
   * @param title what the raters read on top
   * @param methods folder of pieces of each method, as experiments write them too; the same names
   *     below the folders are taken from all, so that raters compare the same films
   * @param anchors methods that mark the ends of the scale (real music, noise); reported apart
   * @param perMethod pieces of each method
   * @param seed decides which pieces are taken and their opaque ids
   * @throws MaestroException of kind INPUT when the folders do not share enough pieces
   */
  static Prepared prepare(
      AlikePieces alike,
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
    AlikePieces.Alike pieces =
        alike.of(
            found.values().stream()
                .flatMap(method -> chosen.stream().map(method::get))
                .distinct()
                .toList());
    long size = pieces.pieces().values().stream().mapToLong(piece -> piece.bytes().length).sum();
    if (size > LARGEST_PAGE) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "mos prepare",
          "the pieces are larger than " + (LARGEST_PAGE >> 20) + " MiB together",
          "ask for fewer with --pieces, or give shorter ones");
    }
    Map<String, Piece> key = new TreeMap<>();
    List<Map<String, String>> items = new ArrayList<>();
    for (Map.Entry<String, Map<String, Path>> method : found.entrySet()) {
      for (String name : chosen) {
        Path file = method.getValue().get(name);
        String id =
            Sha256.of(test + " " + seed + " " + method.getKey() + " " + name).substring(0, 16);
        key.put(id, new Piece(method.getKey(), name, anchors.containsKey(method.getKey())));
        items.add(item(id, pieces.pieces().get(file)));
      }
    }
    items.sort(java.util.Comparator.comparing(item -> item.get("id")));
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("id", test);
    content.put("title", Printable.line(title));
    content.put("items", items);
    return new Prepared(page(content), new Key(test, title, key), pieces);
  }

  private static Map<String, String> item(String id, AlikePieces.Piece piece) {
    String data = Base64.getEncoder().encodeToString(piece.bytes());
    return Map.of(
        "id", id, "type", piece.type(), "data", "data:" + piece.type() + ";base64," + data);
  }

  private static String page(Map<String, Object> content) {
    try (InputStream template = ListeningTest.class.getResourceAsStream("page.html")) {
      // A "<" could end the script element the data stands in, or begin a comment in it.
      String data = JSON.writeValueAsString(content).replace("<", "\\u003c");
      return new String(template.readAllBytes(), StandardCharsets.UTF_8).replace("/*TEST*/", data);
    } catch (IOException e) {
      throw new IllegalStateException("mos: the page's template cannot be read", e);
    }
  }

  /**
   * Reads a key.
   *
   * @throws MaestroException of kind INPUT when it is none
   */
  static Key key(Path file) {
    Key key;
    try {
      key = JSON.readValue(file.toFile(), Key.class);
    } catch (JsonProcessingException e) {
      throw noKey(file, "it is not the key of a listening test", e);
    } catch (IOException e) {
      throw noKey(file, "it cannot be read", e);
    }
    if (key == null || key.test() == null || key.pieces() == null) {
      throw noKey(file, "it is not the key of a listening test", null);
    }
    key.pieces()
        .forEach(
            (id, piece) -> {
              if (piece == null || piece.method() == null || piece.method().isBlank()) {
                throw noKey(file, "its piece '" + id + "' has no method", null);
              }
            });
    return key;
  }

  private static MaestroException noKey(Path file, String cause, Exception underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT,
        file.toString(),
        cause,
        "give the key that 'maestro mos prepare' wrote",
        underlying);
  }

  /** Pieces below a folder by their paths without suffix. */
  private static Map<String, Path> pieces(Path given) {
    try {
      Path folder = given.toRealPath();
      try (Stream<Path> files = Files.walk(folder, DEPTH)) {
        Map<String, Path> pieces = new TreeMap<>();
        files
            .filter(file -> TYPES.contains(suffix(file)))
            .filter(Files::isRegularFile)
            .sorted()
            .forEach(
                file -> {
                  String name = folder.relativize(file).toString().replace('\\', '/');
                  pieces.put(name.substring(0, name.lastIndexOf('.')), file);
                });
        return pieces;
      }
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          given.toString(),
          "there is no such folder",
          "give a folder of WAV or MP4 files, such as generated/METHOD of an experiment",
          e);
    }
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}
