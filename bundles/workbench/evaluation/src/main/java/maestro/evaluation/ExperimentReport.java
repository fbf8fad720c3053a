package maestro.evaluation;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import maestro.files.AtomicFile;
import maestro.files.Json;
import maestro.files.names.Markup;
import maestro.files.names.Printable;
import maestro.plots.ScatterPlot;

/**
 * What came out of an experiment, and how it is written down.
 *
 * @param experiment what was compared
 * @param untrained sentences that say which models are untrained; they come first of all
 * @param table methods against measures, with the tests of the methods
 * @param effort stages needed and computed, by method
 * @param computed how often each stage was computed, by its name, over all methods and runs
 * @param remarks what the metrics had to say
 */
record ExperimentReport(
    Experiment experiment,
    List<String> untrained,
    Table table,
    Map<String, StageCounts.Effort> effort,
    Map<String, Integer> computed,
    List<String> remarks) {
  private static final int MODELS_OF_A_PLOT = 8;

  /** Writes {@code NAME.md}, {@code .csv}, {@code .tex}, {@code .json}, and figure 2 as a PNG. */
  void write(Path folder) {
    put(folder, ".md", markdown());
    put(folder, ".csv", table.csv());
    put(folder, ".tex", latex());
    Optional<ScatterPlot> scatter = originalityAgainstRecognizability();
    if (scatter.isPresent()) {
      AtomicFile.write(file(folder, ".png"), scatter.get().png());
    }
    put(folder, ".json", Json.pretty(object()));
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
    object.put("untrained", untrained);
    object.put("experiment", experiment);
    object.put("figures", figures);
    object.put("pairedTestsAgainst", first());
    object.put("p", table.tests().p());
    object.put("tests", table.tests().object());
    object.put("effort", effort);
    object.put("computed", computed);
    object.put("remarks", remarks);
    return object;
  }

  /** What is untrained, the table, the paired tests of its measures, the stages, the remarks. */
  String markdown() {
    StringBuilder text = new StringBuilder(shown());
    table.tests().lines(table.columns()).forEach(line -> text.append(line).append('\n'));
    if (!effort.isEmpty()) {
      text.append("\nStages computed, of stages needed:\n\n");
      effort.forEach(
          (method, one) ->
              text.append(
                  String.format(
                      Locale.ROOT,
                      "- %s: %d of %d, for %d clips\n",
                      Markup.markdown(method),
                      one.computed(),
                      one.stages(),
                      one.clips())));
      text.append("\nIn all: ").append(Markup.markdown(computedInWords())).append('\n');
    }
    remarks.forEach(remark -> text.append("\n- ").append(Markup.markdown(remark)));
    return text.toString();
  }

  /** What people see at once: what is untrained, and the table. */
  String shown() {
    StringBuilder text = new StringBuilder();
    untrained.forEach(
        sentence -> text.append("**").append(Markup.markdown(sentence)).append("**\n\n"));
    return text.append(table.markdown()).toString();
  }

  /** The table in LaTeX; what is untrained stands before it in comments, the tests behind it. */
  String latex() {
    StringBuilder text = new StringBuilder();
    untrained.forEach(sentence -> text.append("% ").append(Printable.line(sentence)).append('\n'));
    text.append(table.latex());
    table
        .tests()
        .sentences()
        .forEach(sentence -> text.append("% ").append(Printable.line(sentence)).append('\n'));
    return text.toString();
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
