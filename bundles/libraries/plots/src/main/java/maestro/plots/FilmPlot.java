package maestro.plots;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import maestro.api.film.Frame;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.ui.RectangleInsets;

/**
 * A strip of a film's frames over curves of what encoders said about it, on one axis of time, with
 * the cuts marked (paper, figure 3).
 *
 * @param title stands above the strip
 * @param seconds length of the film
 * @param strip frames at about equal distances, in order of time; may be empty
 * @param panels one or more, from top to bottom
 * @param cuts times of the cuts in seconds
 */
public record FilmPlot(
    String title, double seconds, List<Frame> strip, List<Panel> panels, List<Double> cuts) {
  private static final int WIDTH = 1280;
  private static final int TITLE = 28;
  private static final int HIGHEST_STRIP = 140;
  private static final int MARGIN = 20;
  private static final int AXES = 100;
  private static final int PANEL = 190;
  private static final int AXIS = 50;

  /** Copies the lists and checks that there is something to draw. */
  public FilmPlot {
    strip = List.copyOf(strip);
    panels = List.copyOf(panels);
    cuts = List.copyOf(cuts);
    if (panels.isEmpty() || !(seconds > 0)) {
      throw new IllegalArgumentException(
          "film plot: " + panels.size() + " panels over " + seconds + " seconds");
    }
  }

  /**
   * Draws the picture. Needs no screen, but fonts.
   *
   * @return bytes of a PNG file, 1280 pixels wide
   */
  public byte[] png() {
    return Png.of(image());
  }

  private BufferedImage image() {
    int top = TITLE + stripHeight();
    int chartHeight = panels.size() * PANEL + AXIS;
    BufferedImage image = new BufferedImage(WIDTH, top + chartHeight, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    try {
      pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      pen.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      pen.setColor(Color.WHITE);
      pen.fillRect(0, 0, WIDTH, image.getHeight());
      ChartRenderingInfo info = new ChartRenderingInfo();
      chart().draw(pen, new Rectangle2D.Double(0, top, WIDTH, chartHeight), info);
      Rectangle2D data = info.getPlotInfo().getDataArea();
      pen.setClip(null);
      pen.setColor(Color.BLACK);
      pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
      pen.drawString(title, (int) data.getX(), TITLE - 9);
      drawStrip(pen, data.getX(), data.getWidth());
    } finally {
      pen.dispose();
    }
    return image;
  }

  /** High enough for its frames, and no higher. */
  private int stripHeight() {
    double slot = (WIDTH - AXES) / (double) Math.max(1, strip.size());
    double height = 0;
    for (Frame frame : strip) {
      height = Math.max(height, slot * frame.height() / frame.width());
    }
    return (int) Math.min(HIGHEST_STRIP, height);
  }

  private JFreeChart chart() {
    NumberAxis time = new NumberAxis("seconds");
    time.setRange(0, seconds);
    CombinedDomainXYPlot combined = new CombinedDomainXYPlot(time);
    combined.setGap(14);
    panels.forEach(panel -> combined.add(panel.plot(cuts)));
    JFreeChart chart = new JFreeChart(null, null, combined, false);
    chart.setBackgroundPaint(Color.WHITE);
    chart.setPadding(new RectangleInsets(MARGIN / 2.0, 0, 0, MARGIN));
    return chart;
  }

  /** Each frame as large as its share of the time axis allows. */
  private void drawStrip(Graphics2D pen, double left, double width) {
    double slot = width / Math.max(1, strip.size());
    for (int i = 0; i < strip.size(); i++) {
      Frame frame = strip.get(i);
      double scale = Math.min((slot - 3) / frame.width(), (double) stripHeight() / frame.height());
      int shownWidth = (int) Math.max(1, frame.width() * scale);
      int shownHeight = (int) Math.max(1, frame.height() * scale);
      int x = (int) (left + i * slot + (slot - shownWidth) / 2);
      int y = TITLE + (stripHeight() - shownHeight) / 2;
      pen.drawImage(picture(frame), x, y, shownWidth, shownHeight, null);
    }
  }

  private static BufferedImage picture(Frame frame) {
    BufferedImage picture =
        new BufferedImage(frame.width(), frame.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = frame.rgb();
    for (int y = 0; y < frame.height(); y++) {
      for (int x = 0; x < frame.width(); x++) {
        int at = 3 * (y * frame.width() + x);
        picture.setRGB(
            x, y, (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff);
      }
    }
    return picture;
  }
}
