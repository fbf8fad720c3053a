package maestro.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.files.names.Markup;

/**
 * Methods against measures, as Markdown, CSV and LaTeX. The best method of a column is set in bold
 * where it is proven to be so, floors and ceilings (noise, real music) apart. Figures of single
 * clips and classes, named {@code MEASURE of NAME}, follow in Markdown when they are few.
 *
 * @param title what the table shows and on what it was measured
 * @param columns measures in order
 * @param rows methods in order
 * @param tests of the methods against the first
 */
record Table(String title, List<Measure> columns, List<Row> rows, PairedTests tests) {
  private static final String OF = " of ";
  private static final int MOST_SINGLES = 24;

  /** Copies the lists. */
  public Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * One method.
   *
   * @param method its name
   * @param reference true for a floor or ceiling that does not compete
   * @param figures by name of measure; missing ones are left empty
   */
  public record Row(String method, boolean reference, Map<String, Figures.Figure> figures) {
    /** Copies the map, keeping its order. */
    public Row {
      figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }
  }

  /** GitHub Markdown; notes under the table. */
  public String markdown() {
    StringBuilder text = new StringBuilder("**" + Markup.markdown(title) + "**\n\n| method |");
    columns.forEach(column -> text.append(' ').append(heading(column)).append(" |"));
    text.append("\n|---|").append("---:|".repeat(columns.size())).append('\n');
    for (Row row : rows) {
      String method = Markup.markdown(row.method());
      text.append("| ").append(row.reference() ? "*" + method + "*" : method).append(" |");
      for (Measure column : columns) {
        String cell = cell(row.figures().get(column.name()), " ± ");
        text.append(' ').append(best(row, column) ? "**" + cell + "**" : cell).append(" |");
      }
      text.append('\n');
    }
    List<String> notes = notes();
    if (!notes.isEmpty()) {
      text.append('\n');
      notes.forEach(note -> text.append("- ").append(Markup.markdown(note)).append('\n'));
    }
    return text.append(singles()).toString();
  }

  /** A table of single clips and classes, one line a method and name. */
  private String singles() {
    Set<String> measures = new LinkedHashSet<>();
    Map<String, Map<String, Figures.Figure>> lines = new LinkedHashMap<>();
    for (Row row : rows) {
      row.figures()
          .forEach(
              (name, figure) -> {
                int at = name.indexOf(OF);
                if (at > 0 && !columns.contains(figure.measurement().measure())) {
                  String head =
                      Markup.markdown(row.method())
                          + " | "
                          + Markup.markdown(name.substring(at + OF.length()));
                  measures.add(name.substring(0, at));
                  lines
                      .computeIfAbsent(head, unused -> new LinkedHashMap<>())
                      .put(name.substring(0, at), figure);
                }
              });
    }
    if (lines.isEmpty() || lines.size() > MOST_SINGLES) {
      return "";
    }
    StringBuilder text = new StringBuilder("\n| method | of |");
    measures.forEach(measure -> text.append(' ').append(Markup.markdown(measure)).append(" |"));
    text.append("\n|---|---|").append("---:|".repeat(measures.size())).append('\n');
    lines.forEach(
        (head, figures) -> {
          text.append("| ").append(head).append(" |");
          measures.forEach(
              measure -> text.append(' ').append(cell(figures.get(measure), " ± ")).append(" |"));
          text.append('\n');
        });
    return text.toString();
  }

  /** Comma-separated values: one line a method and measure, with interval, count and note. */
  public String csv() {
    StringBuilder text = new StringBuilder("method,measure,unit,value,low,high,count,note\n");
    for (Row row : rows) {
      for (Measure column : columns) {
        Figures.Figure figure = row.figures().get(column.name());
        if (figure != null) {
          Measurement m = figure.measurement();
          text.append(
              String.join(
                  ",",
                  quote(row.method()),
                  quote(column.name()),
                  quote(column.unit()),
                  Double.toString(m.value()),
                  Double.toString(figure.low()),
                  Double.toString(figure.high()),
                  Long.toString(m.count()),
                  quote(m.note())));
          text.append('\n');
        }
      }
    }
    return text.toString();
  }

  /** A LaTeX table for the booktabs package. */
  public String latex() {
    StringBuilder text =
        new StringBuilder(
            "\\begin{table}\n\\caption{" + Markup.latex(title) + "}\n\\begin{tabular}{l");
    text.append("r".repeat(columns.size())).append("}\n\\toprule\nmethod");
    columns.forEach(
        column ->
            text.append(" & ")
                .append(Markup.latex(column.name()))
                .append(column.unit().isEmpty() ? "" : " (" + Markup.latex(column.unit()) + ")")
                .append(arrow(column, " $\\uparrow$", " $\\downarrow$")));
    text.append(" \\\\\n\\midrule\n");
    for (Row row : rows) {
      text.append(
          row.reference()
              ? "\\textit{" + Markup.latex(row.method()) + "}"
              : Markup.latex(row.method()));
      for (Measure column : columns) {
        String cell = cell(row.figures().get(column.name()), " $\\pm$ ").replace("–", "--");
        text.append(" & ").append(best(row, column) ? "\\textbf{" + cell + "}" : cell);
      }
      text.append(" \\\\\n");
    }
    return text.append("\\bottomrule\n\\end{tabular}\n\\end{table}\n").toString();
  }

  private boolean best(Row row, Measure column) {
    if (row.reference() || column.direction() == Measure.Direction.NONE) {
      return false;
    }
    Figures.Figure own = row.figures().get(column.name());
    if (own == null || Double.isNaN(own.measurement().value())) {
      return false;
    }
    int sign = column.direction() == Measure.Direction.HIGHER ? 1 : -1;
    List<Row> rivals = rows.stream().filter(r -> !r.reference()).toList();
    return rivals.size() > 1
        && rivals.stream()
            .map(r -> r.figures().get(column.name()))
            .filter(f -> f != null && !Double.isNaN(f.measurement().value()))
            .allMatch(f -> sign * f.measurement().value() <= sign * own.measurement().value())
        && isProven(row, column, rivals);
  }

  /** The first method is tested against every other, another one against the first alone. */
  private boolean isProven(Row row, Measure column, List<Row> rivals) {
    return row.method().equals(tests.first())
        ? rivals.stream()
            .filter(rival -> rival != row)
            .allMatch(rival -> tests.differs(rival.method(), column.name()))
        : tests.differs(row.method(), column.name());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (Row row : rows) {
      for (Measure column : columns) {
        Figures.Figure figure = row.figures().get(column.name());
        if (figure != null && !figure.measurement().note().isBlank()) {
          String note = column.name() + ": " + figure.measurement().note();
          boolean everyone =
              rows.stream()
                  .map(r -> r.figures().get(column.name()))
                  .allMatch(
                      f -> f == null || f.measurement().note().equals(figure.measurement().note()));
          String line = everyone ? note : row.method() + ", " + note;
          if (!notes.contains(line)) {
            notes.add(line);
          }
        }
      }
    }
    return notes;
  }

  private static String heading(Measure column) {
    return Markup.markdown(column.name() + (column.unit().isEmpty() ? "" : " " + column.unit()))
        + arrow(column, " ↑", " ↓");
  }

  private static String arrow(Measure column, String up, String down) {
    return switch (column.direction()) {
      case HIGHER -> up;
      case LOWER -> down;
      case NONE -> "";
    };
  }

  /** Value and half width of the interval; an uneven interval shows its wider side. */
  private static String cell(Figures.Figure figure, String plusMinus) {
    if (figure == null) {
      return "";
    }
    double value = figure.measurement().value();
    if (Double.isNaN(value)) {
      return "–";
    }
    double half = Math.max(figure.high() - value, value - figure.low());
    int decimals = decimals(value);
    return Double.isNaN(half)
        ? fixed(value, decimals)
        : fixed(value, decimals) + plusMinus + fixed(half, decimals);
  }

  /** Three digits that count. */
  private static int decimals(double value) {
    double size = Math.abs(value);
    return size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  }

  private static String fixed(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String quote(String text) {
    return text.matches("[^,\"\\n\\r]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }
}
