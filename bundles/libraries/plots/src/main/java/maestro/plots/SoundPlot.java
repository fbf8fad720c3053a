package maestro.plots;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import maestro.api.control.ControlSignal;
import maestro.api.sound.Mel;
import maestro.statistics.Quantiles;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.Range;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Sounds side by side: mel-spectrogram, melody and dynamics of each (paper, figures 4 and 8). All
 * share one scale of level and one of dynamics, so that columns can be compared. The scale of
 * dynamics is that of what can be heard: silence falls below it.
 *
 * @param sounds from left to right, one to six
 */
public record SoundPlot(List<Sounding> sounds) {
  private static final double FRAMES_PER_SECOND = 100;
  private static final int COLUMN = 440;
  private static final int[] ROWS = {260, 190, 190};
  private static final String[] PITCH_CLASSES = {
    "C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"
  };

  /** Quietest level shown, in nepers below the loudest; what is quieter is black. */
  private static final float RANGE = 9;

  private static final double LOUD = 0.95;
  private static final double QUIET = 0.01;
  private static final double SILENCE = 50;

  /**
   * One column.
   *
   * @param title for instance {@code original}
   * @param mel {@code [T, 64]}
   * @param melody {@code [T, 12]}, a row of zeros where there is no pitch
   * @param dynamics {@code [T, 1]}, dB
   */
  public record Sounding(String title, Mel mel, ControlSignal melody, ControlSignal dynamics) {}

  /** Copies the list and checks its length. */
  public SoundPlot {
    sounds = List.copyOf(sounds);
    if (sounds.isEmpty() || sounds.size() > 6) {
      throw new IllegalArgumentException(
          "sound plot: " + sounds.size() + " sounds, must be 1 to 6");
    }
  }

  /**
   * Draws the picture. Needs no screen, but fonts.
   *
   * @return bytes of a PNG file, 440 pixels wide for each sound
   */
  public byte[] png() {
    int height = ROWS[0] + ROWS[1] + ROWS[2];
    BufferedImage image =
        new BufferedImage(COLUMN * sounds.size(), height, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    float loudest = Float.NEGATIVE_INFINITY;
    for (Sounding sound : sounds) {
      for (float value : sound.mel.values()) {
        loudest = Math.max(loudest, value);
      }
    }
    Range levels = levels(sounds.stream().map(sound -> sound.dynamics.values()).toList());
    try {
      for (int column = 0; column < sounds.size(); column++) {
        Sounding sound = sounds.get(column);
        XYPlot[] plots = {
          spectrogram(sound.mel, loudest), melody(sound.melody), dynamics(sound.dynamics, levels)
        };
        int top = 0;
        for (int row = 0; row < plots.length; row++) {
          JFreeChart chart = new JFreeChart(null, null, plots[row], false);
          chart.setBackgroundPaint(Color.WHITE);
          chart.setPadding(new RectangleInsets(4, 4, 4, 12));
          if (row == 0) {
            chart.setTitle(new TextTitle(sound.title, new Font(Font.SANS_SERIF, Font.BOLD, 14)));
          }
          chart.draw(pen, new Rectangle2D.Double(column * COLUMN, top, COLUMN, ROWS[row]));
          top += ROWS[row];
        }
      }
    } finally {
      pen.dispose();
    }
    return Png.of(image);
  }

  private static XYPlot spectrogram(Mel mel, float loudest) {
    BufferedImage picture =
        new BufferedImage(mel.frames(), mel.bands(), BufferedImage.TYPE_INT_RGB);
    for (int t = 0; t < mel.frames(); t++) {
      for (int band = 0; band < mel.bands(); band++) {
        float level = 1 + (mel.values()[t * mel.bands() + band] - loudest) / RANGE;
        picture.setRGB(t, mel.bands() - 1 - band, heat(Math.max(0, Math.min(1, level))));
      }
    }
    NumberAxis bands = new NumberAxis("mel band");
    bands.setRange(0, mel.bands());
    return pictured(picture, seconds(mel.frames()), bands);
  }

  private static XYPlot melody(ControlSignal melody) {
    int classes = melody.channels();
    BufferedImage picture = new BufferedImage(melody.frames(), classes, BufferedImage.TYPE_INT_RGB);
    for (int t = 0; t < melody.frames(); t++) {
      int strongest = melody.argmax(t);
      for (int c = 0; c < classes; c++) {
        picture.setRGB(t, classes - 1 - c, c == strongest ? 0x0072B2 : 0xF4F4F0);
      }
    }
    NumberAxis pitch = new NumberAxis("melody");
    if (classes == PITCH_CLASSES.length) {
      SymbolAxis named = new SymbolAxis("melody", PITCH_CLASSES);
      named.setGridBandsVisible(false);
      pitch = named;
    }
    pitch.setRange(-0.5, classes - 0.5);
    return pictured(picture, seconds(melody.frames()), pitch);
  }

  private static XYPlot dynamics(ControlSignal dynamics, Range levels) {
    XYSeries series = new XYSeries("dynamics");
    for (int t = 0; t < dynamics.frames(); t++) {
      series.add(t / FRAMES_PER_SECOND, dynamics.at(t, 0));
    }
    NumberAxis level = new NumberAxis("dynamics, dB");
    level.setRange(levels);
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
    renderer.setSeriesPaint(0, new Color(0xD55E00));
    renderer.setSeriesStroke(0, new BasicStroke(1.6f));
    XYPlot plot =
        new XYPlot(new XYSeriesCollection(series), seconds(dynamics.frames()), level, renderer);
    plot.setBackgroundPaint(new Color(0xF4F4F0));
    return plot;
  }

  /**
   * What the axis of dynamics shows, dB: from the 1 % quantile to the loudest of all frames that
   * are not silence, which is what lies {@value #SILENCE} dB or more below the loud passages of all
   * sounds, so that no silent beginning presses the music flat.
   */
  static Range levels(List<float[]> dynamics) {
    double[] all =
        dynamics.stream()
            .flatMapToDouble(
                values -> IntStream.range(0, values.length).mapToDouble(t -> values[t]))
            .toArray();
    double silence = Quantiles.of(all).at(LOUD) - SILENCE;
    Quantiles audible = Quantiles.of(Arrays.stream(all).filter(db -> db > silence).toArray());
    double low = audible.at(QUIET);
    double high = audible.at(1);
    double room = Math.max(2, 0.05 * (high - low));
    return Double.isNaN(low)
        ? new Range(0, 1)
        : new Range(low - room, Math.max(high, low + 1) + room);
  }

  private static NumberAxis seconds(int frames) {
    NumberAxis time = new NumberAxis("seconds");
    time.setRange(0, frames / FRAMES_PER_SECOND);
    return time;
  }

  private static XYPlot pictured(BufferedImage picture, NumberAxis time, NumberAxis vertical) {
    XYPlot plot = new XYPlot(null, time, vertical, null);
    plot.setBackgroundImage(picture);
    plot.setBackgroundImageAlpha(1);
    plot.setDomainGridlinesVisible(false);
    plot.setRangeGridlinesVisible(false);
    return plot;
  }

  /**
   * Black over violet and orange to near white; lightness rises evenly, so that grey print shows
   * the same.
   */
  private static int heat(float level) {
    float[][] stops = {{0, 0, 4}, {81, 18, 124}, {183, 55, 121}, {252, 137, 97}, {252, 253, 191}};
    float place = level * (stops.length - 1);
    int below = Math.min((int) place, stops.length - 2);
    float share = place - below;
    int rgb = 0;
    for (int c = 0; c < 3; c++) {
      rgb =
          rgb << 8 | Math.round(stops[below][c] + share * (stops[below + 1][c] - stops[below][c]));
    }
    return rgb;
  }
}
