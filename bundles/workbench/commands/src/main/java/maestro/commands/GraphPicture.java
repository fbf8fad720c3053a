package maestro.commands;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maestro.files.names.Markup;
import maestro.files.names.Printable;
import maestro.graph.run.PlanView;

/** A plan drawn: as text for Graphviz, or as a picture with a column for each step of the graph. */
final class GraphPicture {
  private static final int WIDTH = 215;
  private static final int HEIGHT = 46;
  private static final int ACROSS = 280;
  private static final int DOWN = 66;
  private static final int MARGIN = 20;

  private GraphPicture() {}

  /** For Graphviz's {@code dot}. */
  static String dot(PlanView plan) {
    StringBuilder dot = new StringBuilder("digraph \"" + quoted(plan.recipe()) + "\" {\n");
    dot.append("  rankdir=LR; node [shape=box, fontname=\"sans-serif\"];\n");
    for (PlanView.Node node : plan.nodes()) {
      dot.append("  \"").append(quoted(node.id())).append("\" [label=\"");
      dot.append(quoted(node.id())).append("\\n").append(quoted(detail(node))).append("\"");
      dot.append(node.plugin().isEmpty() ? ", style=rounded" : "").append("];\n");
      for (PlanView.Wire wire : node.wires()) {
        dot.append("  \"").append(quoted(wire.from())).append("\" -> \"");
        dot.append(quoted(node.id())).append("\" [label=\"");
        dot.append(quoted(wire.kind())).append("\"];\n");
      }
    }
    return dot.append("}\n").toString();
  }

  private static String quoted(String text) {
    return Printable.line(text).replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** A picture for a browser. */
  static String svg(PlanView plan) {
    Map<String, int[]> places = places(plan.nodes());
    int right = places.values().stream().mapToInt(place -> place[0]).max().orElse(0);
    int bottom = places.values().stream().mapToInt(place -> place[1]).max().orElse(0);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"12\">\n"
                + "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
            right + WIDTH + MARGIN,
            bottom + HEIGHT + MARGIN,
            Markup.html(plan.recipe())));
    for (PlanView.Node node : plan.nodes()) {
      for (PlanView.Wire wire : node.wires()) {
        svg.append(wire(wire, places.get(wire.from()), places.get(node.id())));
      }
    }
    plan.nodes().forEach(node -> svg.append(box(node, places.get(node.id()))));
    return svg.append("</svg>\n").toString();
  }

  /** A node's column is one after the last of those it takes from. */
  private static Map<String, int[]> places(List<PlanView.Node> nodes) {
    Map<String, Integer> columns = new HashMap<>();
    Map<Integer, Integer> rows = new HashMap<>();
    Map<String, int[]> places = new LinkedHashMap<>();
    for (PlanView.Node node : nodes) {
      int column =
          node.wires().stream().mapToInt(wire -> columns.get(wire.from()) + 1).max().orElse(0);
      columns.put(node.id(), column);
      int row = rows.merge(column, 1, Integer::sum) - 1;
      places.put(node.id(), new int[] {MARGIN + column * ACROSS, MARGIN + row * DOWN});
    }
    return places;
  }

  private static String wire(PlanView.Wire wire, int[] from, int[] to) {
    int x1 = from[0] + WIDTH;
    int y1 = from[1] + HEIGHT / 2;
    int x2 = to[0];
    int y2 = to[1] + HEIGHT / 2;
    int middle = (x1 + x2) / 2;
    return String.format(
        Locale.ROOT,
        "<path d=\"M%d %d C%d %d %d %d %d %d\" fill=\"none\" stroke=\"#8899aa\"><title>%s</title>"
            + "</path>\n",
        x1,
        y1,
        middle,
        y1,
        middle,
        y2,
        x2,
        y2,
        Markup.html(wire.kind()));
  }

  private static String box(PlanView.Node node, int[] at) {
    boolean all = node.values() > 0 && node.cached() == node.values();
    String fill = node.plugin().isEmpty() ? "#eeeeee" : all ? "#d8f0d8" : "#e3ecf7";
    return String.format(
        Locale.ROOT,
        "<g><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\""
            + " stroke=\"#445566\"/><text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>"
            + "<text x=\"%d\" y=\"%d\" fill=\"#445566\">%s</text><title>%s</title></g>\n",
        at[0],
        at[1],
        WIDTH,
        HEIGHT,
        fill,
        at[0] + 8,
        at[1] + 19,
        Markup.html(node.id()),
        at[0] + 8,
        at[1] + 36,
        Markup.html(detail(node)),
        Markup.html(node.bundle() + " " + node.identity()));
  }

  private static String detail(PlanView.Node node) {
    String cached =
        node.values() == 0 || node.cached() < 0
            ? ""
            : ", " + node.cached() + " of " + node.values() + " cached";
    return String.join(", ", node.gives()) + cached;
  }
}
