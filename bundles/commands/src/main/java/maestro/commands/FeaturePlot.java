package maestro.commands;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.TimeLine;
import maestro.api.media.MediaReader;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.graph.FilmFeatures;
import maestro.graph.RunObserver;
import maestro.graph.SingleRun;
import maestro.tensor.checkpoint.AtomicFile;

/** A picture for people (paper, figure 3): a strip of frames over the encoders' curves, cuts marked. */
final class FeaturePlot {
  private static final int WIDTH = 1280;
  private static final int LEFT = 56;
  private static final int RIGHT = 190;
  private static final int STRIP = 110;
  private static final int PANEL = 170;
  private static final int GAP = 34;
  private static final int PICTURES = 10;
  private static final int CURVES = 8;

  /** Colour-blind safe: Okabe and Ito (2008), and a grey. */
  private static final Color[] COLOURS = {
    new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xCC79A7),
    new Color(0xE69F00), new Color(0x56B4E9), new Color(0x000000), new Color(0x999999)
  };

  private final Graphics2D pen;
  private final double seconds;

  private FeaturePlot(Graphics2D pen, double seconds) {
    this.pen = pen;
    this.seconds = seconds;
  }

  /** Draws one film's features into a PNG file. */
  static void draw(FilmFeatures film, MediaReader media, Path file) {
    Map<String, TimeLine> lines = new LinkedHashMap<>();
    film.features().forEach((name, feature) -> feature.timeLine().ifPresent(line -> lines.put(name, line)));
    if (lines.isEmpty()) {
      throw new MaestroException(
          Kind.INPUT, "--plot", "no encoder of this run has a time line", "add one that has, such as cinematic");
    }
    int height = GAP + STRIP + lines.size() * (PANEL + GAP) + GAP;
    BufferedImage image = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    try {
      pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      pen.setColor(Color.WHITE);
      pen.fillRect(0, 0, WIDTH, height);
      pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
      new FeaturePlot(pen, film.film().durationSeconds())
          .draw(film.film().file().getFileName().toString(), frames(film, media), lines);
    } catch (NoClassDefFoundError | InternalError | NullPointerException e) {
      // The JDK reports a machine without any font in these ways.
      throw new MaestroException(
          Kind.RESOURCE, "--plot", "this machine has no font to write with", "install fontconfig and a font", e);
    } finally {
      pen.dispose();
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    AtomicFile.write(file, png.toByteArray());
  }

  private static List<Frame> frames(FilmFeatures film, MediaReader media) {
    List<Frame> frames = new ArrayList<>();
    double rate = Math.min(240, Math.max(1e-4, PICTURES / film.film().durationSeconds()));
    media.read(
        film.film(),
        List.of(
            new MediaReader.Subscription(
                new FrameRequest(rate, 0, STRIP),
                source -> {
                  for (Frame frame = source.next(); frame != null; frame = source.next()) {
                    frames.add(frame);
                  }
                })),
        new SingleRun(
            "plot", Device.CPU, new Noise(0), Optional.empty(), RunObserver.NOBODY));
    return frames;
  }

  private void draw(String title, List<Frame> frames, Map<String, TimeLine> lines) {
    pen.setColor(Color.BLACK);
    pen.drawString(title, LEFT, GAP - 14);
    strip(frames);
    List<Double> cuts = cuts(lines);
    int top = GAP + STRIP + GAP;
    for (Map.Entry<String, TimeLine> entry : lines.entrySet()) {
      panel(entry.getKey(), entry.getValue(), top, cuts);
      top += PANEL + GAP;
    }
    axis(top - GAP);
  }

  private void strip(List<Frame> frames) {
    int slot = (WIDTH - LEFT - RIGHT) / Math.max(1, frames.size());
    for (int i = 0; i < frames.size(); i++) {
      Frame frame = frames.get(i);
      BufferedImage picture = new BufferedImage(frame.width(), frame.height(), BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < frame.height(); y++) {
        for (int x = 0; x < frame.width(); x++) {
          int at = (y * frame.width() + x) * 3;
          picture.setRGB(
              x,
              y,
              (frame.rgb()[at] & 255) << 16 | (frame.rgb()[at + 1] & 255) << 8 | frame.rgb()[at + 2] & 255);
        }
      }
      double scale = Math.min((slot - 3.0) / frame.width(), (double) STRIP / frame.height());
      int width = (int) (frame.width() * scale);
      int height = (int) (frame.height() * scale);
      pen.drawImage(picture, LEFT + i * slot, GAP + (STRIP - height) / 2, width, height, null);
    }
  }

  private void panel(String name, TimeLine line, int top, List<Double> cuts) {
    pen.setColor(Color.BLACK);
    pen.drawString(name, LEFT, top - 6);
    pen.setColor(new Color(0xDDDDDD));
    pen.drawRect(LEFT, top, WIDTH - LEFT - RIGHT, PANEL);
    pen.setStroke(
        new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {4, 4}, 0));
    for (double cut : cuts) {
      int x = x(cut);
      pen.drawLine(x, top, x, top + PANEL);
    }
    List<Integer> channels = liveliest(line);
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int channel : channels) {
      for (int row = 0; row < line.rows(); row++) {
        least = Math.min(least, line.at(row, channel));
        most = Math.max(most, line.at(row, channel));
      }
    }
    float range = most > least ? most - least : 1;
    pen.setColor(Color.DARK_GRAY);
    pen.drawString(number(most), 4, top + 12);
    pen.drawString(number(least), 4, top + PANEL);
    pen.setStroke(new BasicStroke(1.6f));
    for (int i = 0; i < channels.size(); i++) {
      pen.setColor(COLOURS[i % COLOURS.length]);
      Path2D curve = new Path2D.Double();
      for (int row = 0; row < line.rows(); row++) {
        double y = top + PANEL - 4 - (PANEL - 8) * (line.at(row, channels.get(i)) - least) / range;
        if (row == 0) {
          curve.moveTo(x(0), y);
        } else {
          curve.lineTo(x(row * line.stepSeconds()), y);
        }
      }
      pen.draw(curve);
      pen.drawString(line.channels().get(channels.get(i)), WIDTH - RIGHT + 10, top + 14 + i * 18);
    }
  }

  /** At most eight curves a panel: those that move most, in the order of the channels. */
  private static List<Integer> liveliest(TimeLine line) {
    return IntStream.range(0, line.channels().size())
        .filter(channel -> !isCut(line.channels().get(channel)))
        .boxed()
        .sorted(Comparator.comparingDouble((Integer channel) -> -spread(line, channel)))
        .limit(CURVES)
        .sorted()
        .toList();
  }

  private static double spread(TimeLine line, int channel) {
    double sum = 0;
    double squares = 0;
    for (int row = 0; row < line.rows(); row++) {
      sum += line.at(row, channel);
      squares += (double) line.at(row, channel) * line.at(row, channel);
    }
    double mean = sum / Math.max(1, line.rows());
    return squares / Math.max(1, line.rows()) - mean * mean;
  }

  private static List<Double> cuts(Map<String, TimeLine> lines) {
    List<Double> cuts = new ArrayList<>();
    for (TimeLine line : lines.values()) {
      for (int channel = 0; channel < line.channels().size(); channel++) {
        if (isCut(line.channels().get(channel))) {
          for (int row = 0; row < line.rows(); row++) {
            if (line.at(row, channel) >= 0.5) {
              cuts.add(row * line.stepSeconds());
            }
          }
        }
      }
    }
    return cuts;
  }

  private static boolean isCut(String channel) {
    return channel.equals("cut") || channel.equals("cuts");
  }

  private void axis(int top) {
    pen.setColor(Color.DARK_GRAY);
    double step = seconds > 120 ? 30 : seconds > 40 ? 10 : seconds > 12 ? 5 : 1;
    for (double time = 0; time <= seconds; time += step) {
      pen.drawLine(x(time), top, x(time), top + 4);
      pen.drawString(number((float) time) + " s", x(time) - 8, top + 18);
    }
  }

  private int x(double time) {
    return LEFT + (int) Math.round((WIDTH - LEFT - RIGHT) * Math.min(1, time / seconds));
  }

  private static String number(float value) {
    return value == Math.rint(value)
        ? Integer.toString((int) value)
        : String.format(Locale.ROOT, "%.3g", value);
  }
}
