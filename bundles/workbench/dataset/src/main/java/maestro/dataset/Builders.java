package maestro.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import maestro.api.MaestroException;

/**
 * Makes manifests from what people have: annotation tables and folders. Nothing is downloaded; a
 * row whose file is not in the dataset's root still makes its clips, and {@code maestro dataset
 * check} lists what is missing.
 */
public final class Builders {
  private static final Set<String> FILM_SUFFIXES =
      Set.of("mp4", "m4v", "mov", "mkv", "webm", "avi", "ogv", "mpg", "mpeg", "ts", "flv", "wmv");
  private static final Set<String> MUSIC_SUFFIXES =
      Set.of("wav", "flac", "ogg", "oga", "opus", "mp3", "m4a", "aac", "aif", "aiff");

  /** EmoMV's codes of emotion, in order. */
  static final List<String> EMOTIONS = List.of("exciting", "fear", "tense", "sad", "relax");

  private static final CsvMapper CSV =
      CsvMapper.builder()
          .enable(CsvParser.Feature.TRIM_SPACES)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

  private Builders() {}

  /**
   * Annotations in the manner of FilmScoreDB (paper, appendix B.1): a table with the columns {@code
   * film, video, start, end} and, if there are any, {@code score, composer, genres, split}. Times
   * are seconds or {@code h:mm:ss.s}; genres are separated by semicolons. The published table's own
   * layout has not been seen.
   *
   * @return clips of 10 s, segments shorter than that dropped
   */
  public static List<Clip> filmScores(Path csv) {
    List<Clip> clips = new ArrayList<>();
    int row = 1;
    for (Map<String, String> cells : rows(csv, List.of("film", "video", "start", "end"))) {
      row++;
      Clip segment = new Clip();
      segment.film = cells.get("film");
      segment.video = cells.get("video");
      segment.scoreTitle = blankToNull(cells.get("score"));
      segment.composer = blankToNull(cells.get("composer"));
      segment.genres =
          cells.getOrDefault("genres", "").isBlank()
              ? List.of()
              : Arrays.stream(cells.get("genres").split(";"))
                  .map(String::strip)
                  .filter(g -> !g.isEmpty())
                  .toList();
      segment.split = blankToNull(cells.get("split"));
      segment.source = "FilmScoreDB";
      segment.id = String.format(Locale.ROOT, "%s-%05d", slug(segment.film), row - 1);
      addPieces(
          clips,
          segment,
          Segments.consecutive(
              seconds(csv, row, cells.get("start")), seconds(csv, row, cells.get("end"))));
    }
    return clips;
  }

  /**
   * EmoMV's pair lists: path, pair id, match label (1 matched, 0 mismatched), emotion of the film,
   * emotion of the music, and two index columns, in this order, with or without a header row.
   * Emotions are codes 0 … 4 or words.
   *
   * @param seconds length of the pieces of this subset: 30 for A and C, 10 for B
   * @param split train, val or test; each list is one split
   * @param includeMismatched also pairs of a film with foreign music; the paper trains on all
   *     16,726 pairs, a mismatched target contradicts the film condition
   */
  public static List<Clip> emoMv(
      Path csv, double seconds, String split, boolean includeMismatched) {
    List<Clip> clips = new ArrayList<>();
    int row = 0;
    for (List<String> cells : cells(csv)) {
      row++;
      if (cells.size() < 5) {
        throw fault(
            csv,
            row,
            "there are " + cells.size() + " columns, EmoMV's lists have 7 of which 5 are needed");
      }
      String match = cells.get(2);
      if (row == 1 && !match.matches("[01](\\.0)?")) {
        continue;
      }
      if (!match.matches("[01](\\.0)?")) {
        throw fault(csv, row, "the match label is '" + match + "', must be 0 or 1");
      }
      boolean matched = match.startsWith("1");
      if (!matched && !includeMismatched) {
        continue;
      }
      Clip pair = new Clip();
      pair.film = cells.get(1);
      pair.video = cells.get(0);
      pair.emotion = emotion(csv, row, cells.get(4));
      pair.split = split;
      pair.matched = matched;
      pair.source = "EmoMV";
      pair.id = String.format(Locale.ROOT, "%s-%05d", slug(stem(pair.video)), row);
      addPieces(clips, pair, Segments.consecutive(0, seconds));
    }
    return clips;
  }

  /**
   * All of EmoMV's pair lists in a folder, each as for {@link #emoMv}. Which split a list is, and
   * of which subset, its path must tell: {@code train}, {@code val} or {@code test}, and {@code A},
   * {@code B} or {@code C} as a word, as in {@code EmoMV-B/test.csv}; lists for retrieval are left
   * alone.
   *
   * @param refused takes the lists that do not say what they are, with the reason
   */
  public static List<Clip> emoMvLists(
      Path folder,
      boolean includeMismatched,
      java.util.function.BiConsumer<Path, MaestroException> refused) {
    List<Clip> clips = new ArrayList<>();
    for (Path list : files(folder, Set.of("csv"))) {
      String path = relative(folder, list);
      String words = path.toLowerCase(Locale.ROOT);
      if (words.contains("retrieval")) {
        continue;
      }
      Optional<String> split = last(words, "(train|val|test)(?:idation|id|ing)?");
      Optional<String> subset = last(words, "(?:emomv)?([abc])");
      if (split.isEmpty() || subset.isEmpty()) {
        refused.accept(
            list,
            new MaestroException(
                MaestroException.Kind.INPUT,
                path,
                "its name does not tell "
                    + (split.isEmpty()
                        ? "whether it is train, val or test"
                        : "the subset A, B or C"),
                "rename it as EmoMV-A/train.csv is named, or build this list alone"));
        continue;
      }
      double seconds = subset.get().equals("b") ? 10 : 30;
      for (Clip clip : emoMv(list, seconds, split.get(), includeMismatched)) {
        clip.id = slug(stem(path)) + "-" + clip.id; // rows of two lists may be named alike
        clips.add(clip);
      }
    }
    return clips;
  }

  /** The last word of a path that is one of these. */
  private static Optional<String> last(String path, String word) {
    Matcher found = Pattern.compile("(?<![a-z])" + word + "(?![a-z])").matcher(path);
    String last = null;
    while (found.find()) {
      last = found.group(1);
    }
    return Optional.ofNullable(last);
  }

  /**
   * A folder of films in the manner of HIMV (paper, appendix B.2): two clips from the middle of
   * each, or all consecutive ones.
   *
   * @param root the dataset's root, searched with its subfolders
   * @param duration length of a file in seconds, or a {@link MaestroException} for one that cannot
   *     be read
   * @param middle two from the middle instead of all
   * @param refused takes the files that could not be read, with the reason
   */
  public static List<Clip> films(
      Path root,
      ToDoubleFunction<Path> duration,
      boolean middle,
      java.util.function.BiConsumer<Path, MaestroException> refused) {
    List<Clip> clips = new ArrayList<>();
    for (Path file : files(root, FILM_SUFFIXES)) {
      Clip whole = new Clip();
      whole.video = relative(root, file);
      whole.film = stem(whole.video);
      whole.id = slug(whole.film);
      whole.source = middle ? "HIMV" : "user";
      try {
        double seconds = duration.applyAsDouble(file);
        addPieces(
            clips,
            whole,
            middle ? Segments.fromTheMiddle(seconds) : Segments.consecutive(0, seconds));
      } catch (MaestroException e) {
        refused.accept(file, e);
      }
    }
    return clips;
  }

  /**
   * A folder of music: consecutive clips; the folder a file lies in is its composer. Arguments as
   * for {@link #films}.
   */
  public static List<Clip> music(
      Path root,
      ToDoubleFunction<Path> duration,
      java.util.function.BiConsumer<Path, MaestroException> refused) {
    List<Clip> clips = new ArrayList<>();
    for (Path file : files(root, MUSIC_SUFFIXES)) {
      Clip whole = new Clip();
      whole.audio = relative(root, file);
      whole.film = stem(whole.audio);
      whole.scoreTitle = stem(file.getFileName().toString());
      whole.composer =
          file.getParent().equals(root) ? null : file.getParent().getFileName().toString();
      whole.id = slug(whole.film);
      try {
        addPieces(clips, whole, Segments.consecutive(0, duration.applyAsDouble(file)));
      } catch (MaestroException e) {
        refused.accept(file, e);
      }
    }
    return clips;
  }

  private static void addPieces(List<Clip> clips, Clip whole, List<Double> starts) {
    for (int k = 0; k < starts.size(); k++) {
      clips.add(whole.piece(k, starts.get(k)));
    }
  }

  private static List<Path> files(Path root, Set<String> suffixes) {
    try (Stream<Path> found = Files.walk(root, 16, new FileVisitOption[0])) {
      return found
          .filter(Files::isRegularFile)
          .filter(file -> suffixes.contains(suffix(file.getFileName().toString())))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          root.toString(),
          "the folder cannot be read",
          "give a folder of films or music",
          e);
    }
  }

  private static List<Map<String, String>> rows(Path csv, List<String> needed) {
    List<Map<String, String>> rows =
        read(csv, CSV.readerForMapOf(String.class).with(CsvSchema.emptySchema().withHeader()));
    for (String column : needed) {
      if (!rows.isEmpty() && !rows.get(0).containsKey(column)) {
        throw fault(csv, 1, "there is no column '" + column + "' among " + rows.get(0).keySet());
      }
    }
    return rows;
  }

  private static List<List<String>> cells(Path csv) {
    return read(csv, CSV.readerForListOf(String.class).with(CsvParser.Feature.WRAP_AS_ARRAY));
  }

  private static <T> List<T> read(Path csv, ObjectReader reader) {
    try (MappingIterator<T> values = reader.readValues(csv.toFile())) {
      return values.readAll();
    } catch (JsonProcessingException e) {
      throw fault(
          csv,
          e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
          "the row is not comma-separated text");
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          csv.toString(),
          "it cannot be read",
          "give a table of comma-separated values",
          e);
    }
  }

  private static String emotion(Path csv, int row, String cell) {
    String word = cell.strip().toLowerCase(Locale.ROOT);
    if (EMOTIONS.contains(word)) {
      return word;
    }
    if (word.matches("[0-4](\\.0)?")) {
      return EMOTIONS.get(word.charAt(0) - '0');
    }
    throw fault(csv, row, "the emotion is '" + cell + "', must be 0 to 4 or one of " + EMOTIONS);
  }

  static double seconds(Path csv, int row, String cell) {
    double seconds = 0;
    String text = cell == null ? "" : cell.strip();
    if (!text.matches("(\\d+:){0,2}\\d+(\\.\\d+)?")) {
      throw fault(csv, row, "the time is '" + cell + "', must be seconds or h:mm:ss");
    }
    for (String part : text.split(":")) {
      seconds = seconds * 60 + Double.parseDouble(part);
    }
    return seconds;
  }

  private static MaestroException fault(Path csv, int row, String cause) {
    return new MaestroException(
        MaestroException.Kind.INPUT, csv + " row " + row, cause, "mend the table and build again");
  }

  private static String relative(Path root, Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  private static String suffix(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
  }

  private static String slug(String text) {
    String slug =
        text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-").replaceAll("^-|-$", "");
    return slug.isEmpty() ? "clip" : slug;
  }

  private static String blankToNull(String text) {
    return text == null || text.isBlank() ? null : text;
  }
}
