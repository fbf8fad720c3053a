package maestro.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import maestro.api.metric.Measure;
import maestro.files.names.Markup;
import maestro.statistics.Holm;

/**
 * How sure methods differ from the first of a table: a paired permutation test of each measure, and
 * Holm's correction over all tests of the table.
 *
 * @param first what the others are tested against; empty where nothing is tested
 * @param byMethod tests by method and measure
 * @param count tests of the table
 */
record PairedTests(String first, Map<String, Map<String, Test>> byMethod, int count) {
  /** Nothing was tested. */
  static final PairedTests NONE = new PairedTests("", Map.of(), 0);

  private static final double LEVEL = 0.05;

  /**
   * One test.
   *
   * @param p chance that methods that do not differ would differ as much as these; NaN where a
   *     figure is not defined or no item is shared
   * @param corrected p after the correction; NaN for a measure that the table does not show
   * @param pairs items that both methods have, and of which they made different things
   * @param exact whether p is exact
   * @param least p that is possible with so many pairs and draws
   */
  record Test(double p, double corrected, int pairs, boolean exact, double least) {
    private Test corrected(double value) {
      return new Test(p, value, pairs, exact, least);
    }
  }

  /**
   * Corrects tests.
   *
   * @param tests by method and measure, not corrected yet
   * @param measures those the table shows
   */
  static PairedTests of(
      String first, Map<String, Map<String, Test>> tests, Collection<String> measures) {
    List<Test> family = new ArrayList<>();
    tests
        .values()
        .forEach(
            own -> measures.stream().filter(own::containsKey).map(own::get).forEach(family::add));
    double[] corrected = Holm.adjusted(family.stream().mapToDouble(Test::p).toArray());
    Map<String, Map<String, Test>> all = new LinkedHashMap<>();
    int at = 0;
    for (Map.Entry<String, Map<String, Test>> method : tests.entrySet()) {
      Map<String, Test> own = new LinkedHashMap<>(method.getValue());
      for (String measure : measures) {
        if (own.containsKey(measure)) {
          own.put(measure, own.get(measure).corrected(corrected[at++]));
        }
      }
      all.put(method.getKey(), own);
    }
    int count = (int) family.stream().filter(test -> !Double.isNaN(test.p())).count();
    return new PairedTests(first, all, count);
  }

  /** Whether a method is proven to differ from the first in a measure: p corrected below 0.05. */
  boolean differs(String method, String measure) {
    Test test = byMethod.getOrDefault(method, Map.of()).get(measure);
    return test != null && test.corrected() < LEVEL;
  }

  /** What was tested, and what so few pairs can tell, in sentences. */
  List<String> sentences() {
    if (count == 0) {
      return List.of();
    }
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "Paired permutation tests against "
            + first
            + ": p, and in brackets p after Holm's correction over the "
            + (count == 1 ? "one test" : count + " tests")
            + " of the table. Bold: the best, where p after the correction is below 0.05.");
    List<Test> tests =
        byMethod.values().stream()
            .flatMap(own -> own.values().stream())
            .filter(test -> !Double.isNaN(test.corrected()))
            .toList();
    for (int pairs :
        tests.stream().map(Test::pairs).collect(Collectors.toCollection(TreeSet::new))) {
      double least =
          tests.stream().filter(t -> t.pairs() == pairs).mapToDouble(Test::least).min().orElse(1);
      boolean exact = tests.stream().filter(t -> t.pairs() == pairs).allMatch(Test::exact);
      sentences.add(
          String.format(
              Locale.ROOT,
              "The least p that is possible with %d %s%s is %s, and %s after the"
                  + " correction%s.",
              pairs,
              pairs == 1 ? "pair that differs" : "pairs that differ",
              exact ? " (the tests are exact)" : "",
              number(least),
              number(Math.min(1, least * count)),
              least * count < LEVEL ? "" : ": too few to prove a difference"));
    }
    return sentences;
  }

  /** All of it in lines of Markdown: the sentences, and one for each method. */
  List<String> lines(List<Measure> columns) {
    List<String> measures = columns.stream().map(Measure::name).toList();
    List<String> lines = new ArrayList<>();
    for (String sentence : sentences()) {
      lines.add("");
      lines.add(Markup.markdown(sentence));
    }
    if (count > 0) {
      lines.add("");
      byMethod.keySet().stream()
          .map(method -> "- " + Markup.markdown(method + ": " + words(method, measures)))
          .forEach(lines::add);
    }
    return lines;
  }

  /** The tests of one method of the measures a table shows, in words. */
  private String words(String method, Collection<String> measures) {
    Map<String, Test> own = byMethod.get(method);
    return measures.stream()
        .filter(own::containsKey)
        .map(
            measure -> {
              Test test = own.get(measure);
              return measure
                  + " "
                  + number(test.p())
                  + (Double.isNaN(test.p()) ? "" : " (" + number(test.corrected()) + ")");
            })
        .collect(Collectors.joining(", "));
  }

  private static String number(double p) {
    if (Double.isNaN(p)) {
      return "–";
    }
    return p < 0.001 ? "below 0.001" : String.format(Locale.ROOT, "%.3f", p);
  }

  /** As JSON: by method and measure {@code p}, {@code pHolm}, {@code pairs}, ... */
  Map<String, Map<String, Object>> object() {
    Map<String, Map<String, Object>> object = new LinkedHashMap<>();
    byMethod.forEach(
        (method, tests) -> {
          Map<String, Object> own = new LinkedHashMap<>();
          tests.forEach(
              (measure, test) -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("p", Results.number(test.p()));
                one.put("pHolm", Results.number(test.corrected()));
                one.put("pairs", test.pairs());
                one.put("exact", test.exact());
                one.put("leastP", Results.number(test.least()));
                own.put(measure, one);
              });
          object.put(method, own);
        });
    return object;
  }

  /** p alone, by method and measure. */
  Map<String, Map<String, Double>> p() {
    Map<String, Map<String, Double>> object = new LinkedHashMap<>();
    byMethod.forEach(
        (method, tests) -> {
          Map<String, Double> own = new LinkedHashMap<>();
          tests.forEach((measure, test) -> own.put(measure, Results.number(test.p())));
          object.put(method, own);
        });
    return object;
  }
}
