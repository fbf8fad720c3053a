package maestro.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import maestro.api.metric.Measure;
import maestro.files.AtomicFile;
import maestro.plots.ScatterPlot;

/**
 * What came out of an experiment, and how it is written down.
 *
 * @param experiment what was compared
 * @param table methods against measures
 * @param tests p of the paired tests against the first method, by method and measure; also of
 *     measures the table does not show
 * @param effort stages needed and computed, by method
 * @param computed how often each stage was computed, by its name, over all methods and runs
 * @param remarks what the metrics had to say
 */
record ExperimentReport(
    Experiment experiment,
    Table table,
    Map<String, Map<String, Double>> tests,
    Map<String, StageCounts.Effort> effort,
    Map<String, Integer> computed,
    List<String> remarks) {
  private static final ObjectMapper PRETTY =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int MODELS_OF_A_PLOT = 8;

  /** Writes {@code NAME.md}, {@code .csv}, {@code .tex}, {@code .json}, and figure 2 as a PNG. */
  void write(Path folder) {
    put(folder, ".md", markdown());
    put(folder, ".csv", table.csv());
    put(folder, ".tex", table.latex());
    Optional<ScatterPlot> scatter = originalityAgainstRecognizability();
    if (scatter.isPresent()) {
      AtomicFile.write(file(folder, ".png"), scatter.get().png());
    }
    try {
      put(folder, ".json", PRETTY.writeValueAsString(object()) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("evaluation: figures cannot be written as JSON", e);
    }
  }

  /** One of the report's files. */
  Path file(Path folder, String ending) {
    return folder.resolve(experiment.name() + ending);
  }

  private void put(Path folder, String ending, String text) {
    AtomicFile.write(file(folder, ending), text.getBytes(StandardCharsets.UTF_8));
  }

  /** Everything, as a JSON object. */
  Map<String, Object> object() {
    Map<String, Object> figures = new LinkedHashMap<>();
    table.rows().forEach(row -> figures.put(row.method(), Results.figures(row.figures())));
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("experiment", experiment);
    object.put("figures", figures);
    object.put("pairedTestsAgainst", first());
    object.put("p", Results.numbers(tests));
    object.put("effort", effort);
    object.put("computed", computed);
    object.put("remarks", remarks);
    return object;
  }

  /** The table, the paired tests of its measures, the stages, the remarks. */
  String markdown() {
    StringBuilder text = new StringBuilder(table.markdown());
    if (!tests.isEmpty()) {
      text.append("\nPaired permutation tests against ").append(first()).append(", p:\n\n");
      tests.forEach(
          (method, p) -> {
            text.append("- ").append(method).append(":");
            text.append(
                table.columns().stream()
                    .map(Measure::name)
                    .filter(p::containsKey)
                    .map(name -> name + " " + p(p.get(name)))
                    .collect(Collectors.joining(", ", " ", "")));
            text.append('\n');
          });
    }
    if (!effort.isEmpty()) {
      text.append("\nStages computed, of stages needed:\n\n");
      effort.forEach(
          (method, one) ->
              text.append(
                  String.format(
                      Locale.ROOT,
                      "- %s: %d of %d, for %d clips\n",
                      method,
                      one.computed(),
                      one.stages(),
                      one.clips())));
      text.append("\nIn all: ").append(computedInWords()).append('\n');
    }
    remarks.forEach(remark -> text.append("\n- ").append(remark));
    return text.toString();
  }

  private static String p(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3f", value);
  }

  /** How often each stage was computed, in words. */
  String computedInWords() {
    return computed.entrySet().stream()
        .map(stage -> stage.getKey() + " " + stage.getValue())
        .collect(Collectors.joining(", "));
  }

  private String first() {
    return experiment.methods().get(0).name();
  }

  /** The paper's figure 2, when both figures were measured. */
  private Optional<ScatterPlot> originalityAgainstRecognizability() {
    List<ScatterPlot.Model> models = new ArrayList<>();
    for (Table.Row row : table.rows()) {
      double x = value(row, "originality");
      double y = value(row, "recognizability");
      if (Double.isFinite(x) && Double.isFinite(y) && models.size() < MODELS_OF_A_PLOT) {
        models.add(new ScatterPlot.Model(row.method(), x, y, classes(row)));
      }
    }
    return models.isEmpty()
        ? Optional.empty()
        : Optional.of(new ScatterPlot("originality", "recognizability, %", models));
  }

  private static List<double[]> classes(Table.Row row) {
    List<double[]> classes = new ArrayList<>();
    for (String measure : row.figures().keySet()) {
      if (measure.startsWith("originality of ")) {
        double x = value(row, measure);
        double y = value(row, measure.replace("originality of", "recognizability of"));
        if (Double.isFinite(x) && Double.isFinite(y)) {
          classes.add(new double[] {x, y});
        }
      }
    }
    return classes;
  }

  private static double value(Table.Row row, String measure) {
    Figures.Figure figure = row.figures().get(measure);
    return figure == null ? Double.NaN : figure.measurement().value();
  }
}
