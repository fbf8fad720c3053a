package maestro.plots;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Models as points of two figures, such as originality against recognizability (paper, figure 2): a
 * large point for a model, small ones for its classes.
 *
 * @param horizontal name of the figure to the right, with its unit
 * @param vertical name of the figure upwards, with its unit
 * @param models up to eight
 */
public record ScatterPlot(String horizontal, String vertical, List<Model> models) {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 560;

  /** Colour-blind safe (Okabe and Ito 2008), and a grey. */
  private static final Color[] COLOURS = {
    new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xCC79A7),
    new Color(0xE69F00), new Color(0x56B4E9), new Color(0x000000), new Color(0x999999)
  };

  /**
   * One model.
   *
   * @param name in the legend
   * @param x its figure to the right
   * @param y its figure upwards
   * @param classes {@code {x, y}} of each of its classes; may be empty
   */
  public record Model(String name, double x, double y, List<double[]> classes) {}

  /** Copies the list and checks its length. */
  public ScatterPlot {
    models = List.copyOf(models);
    if (models.isEmpty() || models.size() > COLOURS.length) {
      throw new IllegalArgumentException(
          "scatter plot: " + models.size() + " models, must be 1 to 8");
    }
  }

  /**
   * Draws the picture. Needs no screen, but fonts.
   *
   * @return bytes of a PNG file, 760 by 560 pixels
   */
  public byte[] png() {
    XYSeriesCollection points = new XYSeriesCollection();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
    renderer.setUseOutlinePaint(true);
    for (int m = 0; m < models.size(); m++) {
      Model model = models.get(m);
      add(points, renderer, model.name, List.of(new double[] {model.x, model.y}), 14, COLOURS[m]);
    }
    for (int m = 0; m < models.size(); m++) {
      add(points, renderer, models.get(m).name + ", classes", models.get(m).classes, 8, COLOURS[m]);
      renderer.setSeriesVisibleInLegend(models.size() + m, false);
    }
    NumberAxis x = new NumberAxis(horizontal);
    NumberAxis y = new NumberAxis(vertical);
    x.setAutoRangeIncludesZero(false);
    y.setAutoRangeStickyZero(false); // so that a point at 0 is whole
    XYPlot plot = new XYPlot(points, x, y, renderer);
    plot.setBackgroundPaint(new Color(0xF4F4F0));
    JFreeChart chart = new JFreeChart(null, new Font(Font.SANS_SERIF, Font.BOLD, 14), plot, true);
    chart.setBackgroundPaint(Color.WHITE);
    chart.setPadding(new RectangleInsets(8, 8, 8, 24)); // room for the last number of the axis
    BufferedImage image = chart.createBufferedImage(WIDTH, HEIGHT);
    return Png.of(image);
  }

  private static void add(
      XYSeriesCollection points,
      XYLineAndShapeRenderer renderer,
      String name,
      List<double[]> values,
      double size,
      Color colour) {
    XYSeries series = new XYSeries(name, false, true);
    values.forEach(value -> series.add(value[0], value[1]));
    int at = points.getSeriesCount();
    points.addSeries(series);
    Shape shape = new Ellipse2D.Double(-size / 2, -size / 2, size, size);
    renderer.setSeriesShape(at, shape);
    renderer.setSeriesPaint(at, colour);
    renderer.setSeriesStroke(at, new BasicStroke(1));
    renderer.setSeriesOutlinePaint(at, Color.WHITE); // points that overlap stay apart
  }
}
