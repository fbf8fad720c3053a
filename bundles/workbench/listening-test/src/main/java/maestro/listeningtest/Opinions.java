package maestro.listeningtest;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import maestro.api.MaestroException;
import maestro.files.Json;

/**
 * Evaluates the ratings of a listening test: means with 95 % intervals, and how far the raters
 * agree.
 *
 * <p>The paper prints means alone. The interval is mean ± 1.96·s/√n over all ratings of a method, s
 * with n − 1. Agreement is Krippendorff's α for interval data (Krippendorff 2011, "Computing
 * Krippendorff's alpha-reliability"): 1 for perfect agreement, 0 for chance.
 */
final class Opinions {
  /** The questions, in the paper's order. */
  static final List<String> QUESTIONS = List.of("quality", "clarity", "delay");

  private static final ObjectMapper JSON = Json.STRICT;

  private Opinions() {}

  /** What one rater sent back. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Ratings(String test, String rater, Map<String, Map<String, Integer>> ratings) {}

  /**
   * A mean.
   *
   * @param mean of the ratings, 1 … 5
   * @param interval half width of the 95 % interval; NaN for a single rating
   * @param count ratings
   */
  record Mean(double mean, double interval, int count) {}

  /**
   * All figures.
   *
   * @param raters how many took part
   * @param methods by method: the mean of each question, and of all three under {@code MOS}
   * @param anchors the same for the anchors
   * @param agreement Krippendorff's α by question; NaN where nothing can be said
   */
  record Result(
      int raters,
      Map<String, Map<String, Mean>> methods,
      Map<String, Map<String, Mean>> anchors,
      Map<String, Double> agreement) {}

  /**
   * Reads what a rater sent back.
   *
   * @throws MaestroException of kind INPUT when it belongs to another test, rates a piece nobody
   *     gave out, or leaves the scale
   */
  static Ratings read(Path file, ListeningTest.Key key) {
    Ratings ratings;
    try {
      ratings = JSON.readValue(file.toFile(), Ratings.class);
    } catch (JsonProcessingException e) {
      throw fault(file, "it is not a file of ratings", e);
    } catch (IOException e) {
      throw fault(file, "it cannot be read", e);
    }
    if (ratings == null || ratings.ratings() == null || ratings.rater() == null) {
      throw fault(file, "it is not a file of ratings", null);
    }
    if (!key.test().equals(ratings.test())) {
      throw fault(
          file, "it belongs to test " + ratings.test() + ", the key to " + key.test(), null);
    }
    ratings
        .ratings()
        .forEach(
            (piece, answers) -> {
              if (!key.pieces().containsKey(piece)) {
                throw fault(file, "it rates a piece '" + piece + "' that is not in the test", null);
              }
              if (answers == null) {
                throw fault(file, "piece " + piece + " has no answers", null);
              }
              for (String question : QUESTIONS) {
                Integer value = answers.get(question);
                if (value == null || value < 1 || value > 5) {
                  throw fault(
                      file,
                      "the "
                          + question
                          + " of piece "
                          + piece
                          + " is "
                          + value
                          + ", must be 1 to 5",
                      null);
                }
              }
            });
    return ratings;
  }

  /** Evaluates all raters; of two files of one rater the later counts. */
  static Result evaluate(ListeningTest.Key key, List<Ratings> all) {
    Map<String, Ratings> raters = new TreeMap<>();
    all.forEach(ratings -> raters.put(ratings.rater(), ratings));
    Map<String, Map<String, List<Integer>>> values = new TreeMap<>();
    Map<String, Map<String, List<Integer>>> pieces = new LinkedHashMap<>();
    for (Ratings ratings : raters.values()) {
      ratings
          .ratings()
          .forEach(
              (piece, answers) -> {
                for (String question : QUESTIONS) {
                  String method = key.pieces().get(piece).method();
                  add(values, method, question, answers.get(question));
                  add(values, method, "MOS", answers.get(question));
                  add(pieces, question, piece, answers.get(question));
                }
              });
    }
    TreeSet<String> anchorNames = new TreeSet<>();
    key.pieces().values().stream()
        .filter(ListeningTest.Piece::anchor)
        .forEach(piece -> anchorNames.add(piece.method()));
    Map<String, Map<String, Mean>> methods = new TreeMap<>();
    Map<String, Map<String, Mean>> anchors = new TreeMap<>();
    values.forEach(
        (method, questions) -> {
          Map<String, Mean> means = new LinkedHashMap<>();
          for (String question : List.of("MOS", "quality", "clarity", "delay")) {
            means.put(question, mean(questions.get(question)));
          }
          (anchorNames.contains(method) ? anchors : methods).put(method, means);
        });
    Map<String, Double> agreement = new LinkedHashMap<>();
    for (String question : QUESTIONS) {
      agreement.put(question, alpha(pieces.getOrDefault(question, Map.of()).values()));
    }
    return new Result(raters.size(), methods, anchors, agreement);
  }

  static Mean mean(List<Integer> values) {
    double mean = values.stream().mapToInt(v -> v).average().orElseThrow();
    double square = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    int n = values.size();
    return new Mean(mean, n < 2 ? Double.NaN : 1.96 * Math.sqrt(square / (n - 1) / n), n);
  }

  /**
   * Krippendorff's α for interval data, 1 − D_observed / D_expected, with units rated by fewer than
   * two left out.
   *
   * @param units the ratings of each piece
   */
  static double alpha(Iterable<List<Integer>> units) {
    List<Integer> pairable = new ArrayList<>();
    double observed = 0;
    for (List<Integer> unit : units) {
      if (unit.size() < 2) {
        continue;
      }
      pairable.addAll(unit);
      observed += differences(unit) / (unit.size() - 1);
    }
    int n = pairable.size();
    if (n < 2) {
      return Double.NaN;
    }
    double expected = differences(pairable) / (n - 1);
    return expected == 0 ? Double.NaN : 1 - observed / expected;
  }

  /** Sum of (a − b)² over ordered pairs, from the moments: 2·(n·Σa² − (Σa)²). */
  private static double differences(List<Integer> values) {
    double sum = 0;
    double squares = 0;
    for (int value : values) {
      sum += value;
      squares += (double) value * value;
    }
    return 2 * (values.size() * squares - sum * sum);
  }

  private static void add(
      Map<String, Map<String, List<Integer>>> to, String first, String second, int value) {
    to.computeIfAbsent(first, unused -> new LinkedHashMap<>())
        .computeIfAbsent(second, unused -> new ArrayList<>())
        .add(value);
  }

  private static MaestroException fault(Path file, String cause, Exception underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT,
        file.toString(),
        cause,
        "leave the file out or ask the rater again",
        underlying);
  }
}
