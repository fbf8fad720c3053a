package maestro.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/** Figures as JSON objects. */
final class Results {
  private Results() {}

  static Map<String, Object> figures(Map<String, Figures.Figure> figures) {
    Map<String, Object> object = new LinkedHashMap<>();
    figures.forEach(
        (name, figure) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("value", number(figure.measurement().value()));
          one.put("low", number(figure.low()));
          one.put("high", number(figure.high()));
          one.put("unit", figure.measurement().measure().unit());
          one.put(
              "direction",
              figure.measurement().measure().direction().name().toLowerCase(java.util.Locale.ROOT));
          one.put("count", figure.measurement().count());
          one.put("note", figure.measurement().note());
          object.put(name, one);
        });
    return object;
  }

  /** Figures by method and measure. */
  static Map<String, Map<String, Double>> numbers(Map<String, Map<String, Double>> values) {
    Map<String, Map<String, Double>> object = new LinkedHashMap<>();
    values.forEach(
        (method, figures) -> {
          Map<String, Double> own = new LinkedHashMap<>();
          figures.forEach((measure, value) -> own.put(measure, number(value)));
          object.put(method, own);
        });
    return object;
  }

  /** JSON knows no NaN; the note says why a value is null. */
  private static Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
