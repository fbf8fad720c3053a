package maestro.plots;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maestro.api.film.TimeLine;
import org.jfree.chart.annotations.XYTitleAnnotation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Curves that share one axis of values.
 *
 * @param title stands beside the axis
 * @param curves from one to eight
 */
public record Panel(String title, List<Curve> curves) {
  private static final int MOST_CURVES = 8;
  private static final int TOO_MANY_TO_NAME = 24;
  private static final int AXIS_WIDTH = 70;
  private static final double FAR_HIGHER = 4;
  private static final String CUT = "cut";

  /** Colour-blind safe (Okabe and Ito 2008), and a grey. */
  private static final Color[] COLOURS = {
    new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xCC79A7),
    new Color(0xE69F00), new Color(0x56B4E9), new Color(0x000000), new Color(0x999999)
  };

  /**
   * One curve.
   *
   * @param name in the legend
   * @param stepSeconds time between two values, the first at 0
   * @param values one per step
   */
  public record Curve(String name, double stepSeconds, float[] values) {}

  /** Copies the list. */
  public Panel {
    curves = List.copyOf(curves);
  }

  /**
   * The panels of one encoder's time line: scores by themselves, then the rest by scale, of which
   * at most the eight channels that move most. A line of very many channels is an embedding; shown
   * is how far it moves from one row to the next, as one minus the cosine.
   *
   * @param encoder name for the axis
   */
  public static List<Panel> of(String encoder, TimeLine line) {
    if (line.channels().size() > TOO_MANY_TO_NAME) {
      Curve change = new Curve("change of the embedding", line.stepSeconds(), change(line));
      return List.of(new Panel(encoder, List.of(change)));
    }
    List<Curve> scores = new ArrayList<>();
    List<Curve> others = new ArrayList<>();
    for (int channel = 0; channel < line.channels().size(); channel++) {
      String name = line.channels().get(channel);
      if (!name.equals(CUT)) {
        (name.endsWith("score") ? scores : others)
            .add(new Curve(name, line.stepSeconds(), values(line, channel)));
      }
    }
    List<Panel> panels = new ArrayList<>();
    if (!scores.isEmpty()) {
      panels.add(new Panel(encoder, liveliest(scores)));
    }
    for (List<Curve> alike : byScale(others)) {
      panels.add(new Panel(encoder, liveliest(alike)));
    }
    return panels;
  }

  /** Curves that reach far higher than most would press the rest flat, so they come after them. */
  private static List<List<Curve>> byScale(List<Curve> curves) {
    double[] heights = curves.stream().mapToDouble(Panel::height).sorted().toArray();
    if (heights.length == 0) {
      return List.of();
    }
    double limit = FAR_HIGHER * heights[heights.length / 2];
    Map<Boolean, List<Curve>> parts =
        curves.stream().collect(Collectors.partitioningBy(curve -> height(curve) > limit));
    return Stream.of(parts.get(false), parts.get(true)).filter(part -> !part.isEmpty()).toList();
  }

  private static double height(Curve curve) {
    double height = 0;
    for (float value : curve.values()) {
      height = Math.max(height, Math.abs(value));
    }
    return height;
  }

  /**
   * Times at which a time line marks a cut: rows of at least one half in its channel {@code cut}.
   */
  public static List<Double> cuts(TimeLine line) {
    int channel = line.channels().indexOf(CUT);
    return channel < 0
        ? List.of()
        : IntStream.range(0, line.rows())
            .filter(row -> line.at(row, channel) >= 0.5)
            .mapToObj(row -> row * line.stepSeconds())
            .toList();
  }

  private static List<Curve> liveliest(List<Curve> curves) {
    List<Curve> kept =
        curves.stream()
            .sorted(Comparator.comparingDouble(curve -> -spread(curve.values())))
            .limit(MOST_CURVES)
            .toList();
    return curves.stream().filter(kept::contains).toList();
  }

  private static double spread(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / Math.max(1, values.length);
    return squares / Math.max(1, values.length) - mean * mean;
  }

  private static float[] values(TimeLine line, int channel) {
    float[] values = new float[line.rows()];
    for (int row = 0; row < values.length; row++) {
      values[row] = line.at(row, channel);
    }
    return values;
  }

  private static float[] change(TimeLine line) {
    float[] change = new float[line.rows()];
    for (int row = 1; row < change.length; row++) {
      double product = 0;
      double before = 0;
      double now = 0;
      for (int channel = 0; channel < line.channels().size(); channel++) {
        product += line.at(row - 1, channel) * line.at(row, channel);
        before += Math.pow(line.at(row - 1, channel), 2);
        now += Math.pow(line.at(row, channel), 2);
      }
      change[row] = (float) (1 - product / Math.max(1e-12, Math.sqrt(before * now)));
    }
    return change;
  }

  XYPlot plot(List<Double> cuts) {
    XYSeriesCollection data = new XYSeriesCollection();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
    for (int i = 0; i < curves.size(); i++) {
      Curve curve = curves.get(i);
      XYSeries series = new XYSeries(i + " " + curve.name(), false, true);
      series.setDescription(curve.name());
      for (int row = 0; row < curve.values().length; row++) {
        series.add(row * curve.stepSeconds(), curve.values()[row]);
      }
      data.addSeries(series);
      renderer.setSeriesPaint(i, COLOURS[i % COLOURS.length]);
      renderer.setSeriesStroke(i, new BasicStroke(1.7f));
      // A single value is no line.
      renderer.setSeriesShapesVisible(i, curve.values().length == 1);
    }
    renderer.setLegendItemLabelGenerator((set, series) -> curves.get(series).name());
    NumberAxis values = new NumberAxis(title);
    values.setAutoRangeIncludesZero(false);
    // A curve that never moves is a line in the middle, not noise between numbers of no size.
    values.setAutoRangeMinimumSize(1e-3);
    values.setUpperMargin(0.18); // room for the legend
    values.setFixedDimension(AXIS_WIDTH);
    XYPlot plot = new XYPlot(data, null, values, renderer);
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinesVisible(false);
    plot.setRangeGridlinePaint(new Color(0xDDDDDD));
    BasicStroke dashes =
        new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {4, 4}, 0);
    for (double cut : cuts) {
      plot.addDomainMarker(new ValueMarker(cut, new Color(0x888888), dashes));
    }
    LegendTitle legend = new LegendTitle(plot);
    legend.setItemFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    legend.setBackgroundPaint(new Color(255, 255, 255, 200));
    XYTitleAnnotation annotation = new XYTitleAnnotation(0.5, 1, legend, RectangleAnchor.TOP);
    annotation.setMaxWidth(0.98);
    plot.addAnnotation(annotation);
    return plot;
  }
}
