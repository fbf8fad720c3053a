package maestro.plots;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Curves over one axis, each in a panel with a scale of its own, such as the losses of a training.
 *
 * @param horizontal name of the common axis
 * @param curves {@code {x, y}} of each point, by name; from one on
 */
public record LinePlot(String horizontal, Map<String, List<double[]>> curves) {
  private static final int WIDTH = 900;
  private static final int PANEL_HEIGHT = 170;
  private static final int AXIS_HEIGHT = 60;

  /** Copies the map, keeping its order. */
  public LinePlot {
    curves = Collections.unmodifiableMap(new LinkedHashMap<>(curves));
    if (curves.isEmpty()) {
      throw new IllegalArgumentException("line plot: no curves");
    }
  }

  /**
   * Draws the picture. Needs no screen, but fonts.
   *
   * @return bytes of a PNG file, 900 pixels wide, 170 high for each curve and 60 for the axis
   */
  public byte[] png() {
    NumberAxis x = new NumberAxis(horizontal);
    x.setAutoRangeIncludesZero(true);
    CombinedDomainXYPlot all = new CombinedDomainXYPlot(x);
    curves.forEach((name, points) -> all.add(panel(name, points)));
    JFreeChart chart = new JFreeChart(null, new Font(Font.SANS_SERIF, Font.BOLD, 14), all, false);
    chart.setBackgroundPaint(Color.WHITE);
    return Png.of(chart.createBufferedImage(WIDTH, PANEL_HEIGHT * curves.size() + AXIS_HEIGHT));
  }

  private static XYPlot panel(String name, List<double[]> points) {
    XYSeries series = new XYSeries(name, true, true);
    points.forEach(point -> series.add(point[0], point[1]));
    NumberAxis y = new NumberAxis(name);
    y.setAutoRangeIncludesZero(false);
    y.setLabelFont(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, points.size() == 1);
    renderer.setSeriesPaint(0, new Color(0x0072B2));
    renderer.setSeriesStroke(0, new BasicStroke(1.2f));
    XYPlot plot = new XYPlot(new XYSeriesCollection(series), null, y, renderer);
    plot.setBackgroundPaint(new Color(0xF4F4F0));
    return plot;
  }
}
