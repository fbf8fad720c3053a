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

  /** JSON knows no NaN; the note says why a value is null. */
  static Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
